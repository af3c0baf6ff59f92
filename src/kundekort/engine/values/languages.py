"""Languages: ISO 639-1, by the words that people use for them.

Accepted: ISO 639-1, ISO 639-2, locales such as nb-NO, and names, whatever their case and accents. Canonical: ISO 639-1.

The names are those of Unicode CLDR 47 in nb, nn, sv, da, en and the language itself (read once through Babel 2.18),
and after them a few everyday words. "no" and "norsk" mean nb. Names that fold to the same letters stand once.
`tests/engine/values/test_vocabulary.py` compares the table with CLDR.
CLDR data: Copyright © 1991-2025 Unicode, Inc., Unicode License v3, https://www.unicode.org/license.txt
"""

from __future__ import annotations

import re
from typing import Final

from kundekort.engine.values.column import Outcome
from kundekort.engine.values.rules import KindRules, one_by_one
from kundekort.engine.values.vocabulary import Vocabulary

NAMES: Final = """
aa aar|afar|Qafar
ab abk|abkhasisk|abchaziska|Abkhazian|Аԥсшәа
ae ave|avestisk|avestiska|avestan
af afr|afrikaans
ak aka|akan
am amh|amharisk|amhariska|Amharic
an arg|aragonsk|aragonesiska|Aragonese|aragonés
ar ara|arabisk|arabiska|Arabic
as asm|assamesisk|assamesiska|Assamese
av ava|avarisk|avariska|Avaric
ay aym|aymara
az aze|aserbajdsjansk|azerbajdzjanska|Azerbaijani|azərbaycan
ba bak|basjkirsk|basjkiriska|bashkir|башҡорт теле
be bel|belarusisk|belarusiska|Belarusian|беларуская
bg bul|bulgarsk|bulgariska|Bulgarian|български
bi bis|bislama
bm bam|bambara|bamanakan
bn ben|bengali|Bangla
bo bod|tib|tibetansk|tibetanska|Tibetan
br bre|bretonsk|bretonska|Breton|brezhoneg
bs bos|bosnisk|bosniska|Bosnian|bosanski
ca cat|katalansk|katalanska|catalansk|Catalan|català
ce che|tsjetsjensk|tjetjenska|tjetjensk|Chechen|нохчийн
ch cha|chamorro
co cos|korsikansk|korsikanska|Corsican|corsu
cr cre|cree
cs ces|cze|tsjekkisk|tjeckiska|tjekkisk|Czech|čeština
cu chu|kirkeslavisk|kyrkjeslavisk|kyrkslaviska|Church Slavic
cv chv|tsjuvasjisk|tsjuvansk|tjuvasjiska|tjuvasjisk|Chuvash|чӑваш
cy cym|wel|walisisk|walesiska|Welsh|Cymraeg
da dan|dansk|danska|Danish
de deu|ger|tysk|tyska|German|Deutsch
dv div|divehi
dz dzo|dzongkha
ee ewe|eʋegbe
el ell|gre|gresk|grekiska|græsk|Greek|Ελληνικά
en eng|engelsk|engelska|English
eo epo|esperanto
es spa|spansk|spanska|Spanish|español
et est|estisk|estniska|Estonian|eesti
eu eus|baq|baskisk|baskiska|Basque|euskara
fa fas|per|persisk|persiska|Persian|farsi
ff ful|fulfulde|fulani|fulah|Fula|Pulaar
fi fin|finsk|finska|Finnish|suomi
fj fij|fijiansk|fijianska|Fijian
fo fao|færøysk|färöiska|færøsk|Faroese|føroyskt
fr fra|fre|fransk|franska|French|français
fy fry|vestfrisisk|västfrisiska|Western Frisian|Frysk
ga gle|irsk|iriska|Irish|Gaeilge
gd gla|skotsk-gælisk|skotsk gaeliska|Scottish Gaelic|Gàidhlig
gl glg|galisisk|galiciska|galicisk|Galician|galego
gn grn|guarani|avañe’ẽ
gu guj|gujarati
gv glv|mansk|manx|Gaelg
ha hau|hausa
he heb|hebraisk|hebreiska|Hebrew
hi hin|hindi
ho hmo|hiri motu
hr hrv|kroatisk|kroatiska|Croatian|hrvatski
ht hat|haitisk|haitiska|Haitian Creole|Kreyòl Ayisyen
hu hun|ungarsk|ungerska|Hungarian|magyar
hy hye|arm|armensk|armeniska|Armenian
hz her|herero
ia ina|interlingua
id ind|indonesisk|indonesiska|Indonesian|Indonesia
ie ile|interlingue
ig ibo|igbo
ii iii|sichuan-yi|szezuan i
ik ipk|inupiak|inupiaq
io ido
is isl|ice|islandsk|isländska|Icelandic|íslenska
it ita|italiensk|italienska|Italian|italiano
iu iku|inuktitut
ja jpn|japansk|japanska|Japanese
jv jav|javanesisk|javanesiska|Javanese|Jawa
ka kat|geo|georgisk|georgiska|Georgian
kg kon|kikongo|kongo
ki kik|kikuyu|Gikuyu
kj kua|kuanyama
kk kaz|kasakhisk|kazakiska|Kazakh|қазақ тілі
kl kal|grønlandsk|grønlandsk (kalaallisut)|grönländska|Kalaallisut
km khm|khmer|kambodjanska
kn kan|kannada
ko kor|koreansk|koreanska|Korean
kr kau|kanuri
ks kas|kasjmiri|kashmiriska|kashmiri
ku kur|kurdisk|kurdiska|Kurdish|kurdî (kurmancî)
kv kom|komi|kome
kw cor|kornisk|korniska|cornisk|Cornish|kernewek
ky kir|kirgisisk|kirgiziska|Kyrgyz|кыргызча
la lat|latin|Latina
lb ltz|luxemburgsk|luxemburgiska|luxembourgsk|Luxembourgish|Lëtzebuergesch
lg lug|ganda|luganda
li lim|limburgsk|limburgiska|Limburgish
ln lin|lingala
lo lao|laotisk|laotiska
lt lit|litauisk|litauiska|Lithuanian|lietuvių
lu lub|luba-katanga|Tshiluba
lv lav|latvisk|lettiska|lettisk|Latvian|latviešu
mg mlg|gassisk|madagassisk|malagassiska|malagassisk|Malagasy
mh mah|marshallesisk|marshalliska|marshallese
mi mri|mao|maori
mk mkd|mac|makedonsk|makedonska|Macedonian|македонски
ml mal|malayalam
mn mon|mongolsk|mongoliska|Mongolian|монгол
mr mar|marathi
ms msa|may|malayisk|malajiska|malajisk|Malay|Melayu
mt mlt|maltesisk|maltesiska|Maltese|Malti
my mya|bur|burmesisk|burmesiska|Burmese
na nau|nauru|nauruanska
nb nob|norsk bokmål|norskt bokmål|bokmål|Norwegian Bokmål|no|nor|norsk|norska|Norwegian
nd nde|nord-ndebele|North Ndebele|isiNdebele
ne nep|nepali|nepalsk|nepalesiska|nepalesisk
ng ndo|ndonga
nl nld|dut|nederlandsk|nederländska|Dutch|Nederlands
nn nno|norsk nynorsk|nynorska|nynorsk|Norwegian Nynorsk
nr nbl|sør-ndebele|sydndebele|South Ndebele
nv nav|navajo|navaho|Diné Bizaad
ny nya|nyanja
oc oci|oksitansk|occitanska|occitansk|Occitan
oj oji|ojibwa|odjibwa
om orm|oromo|Oromoo
or ori|odia|oriya
os oss|ossetisk|ossetiska|Ossetic|ирон
pa pan|panjabi|punjabi
pi pli|pali
pl pol|polsk|polska|Polish|polski
ps pus|pashto|afghanska
pt por|portugisisk|portugisiska|Portuguese|português
qu que|quechua|Runasimi
rm roh|retoromansk|rätoromanska|rætoromansk|Romansh|rumantsch
rn run|rundi|Ikirundi
ro ron|rum|rumensk|rumänska|rumænsk|Romanian|română
ru rus|russisk|ryska|Russian|русский
rw kin|kinyarwanda|kinjarwanda|Ikinyarwanda
sa san|sanskrit
sc srd|sardisk|sardinsk|sardinska|Sardinian|sardu
sd snd|sindhi
se sme|nordsamisk|nordsamiska|Northern Sami|davvisámegiella|samisk|sami
sg sag|sango
si sin|singalesisk|singalesiska|Sinhala
sk slk|slo|slovakisk|slovakiska|Slovak|slovenčina
sl slv|slovensk|slovenska|Slovenian|slovenščina
sm smo|samoansk|samoanska|Samoan
sn sna|shona|chiShona
so som|somali|somaliska|Soomaali
sq sqi|alb|albansk|albanska|Albanian|shqip
sr srp|serbisk|serbiska|Serbian|српски
ss ssw|swati|siSwati
st sot|sør-sotho|sydsotho|Southern Sotho|Sesotho
su sun|sundanesisk|sundanesiska|Sundanese|Basa Sunda
sv swe|svensk|svenska|Swedish
sw swa|swahili|Kiswahili
ta tam|tamil
te tel|telugu
tg tgk|tadsjikisk|tadzjikiska|Tajik|тоҷикӣ
th tha|thai|thailändska
ti tir|tigrinja|tigrinya
tk tuk|turkmensk|turkmeniska|Turkmen|türkmen dili
tn tsn|setswana|tswana
to ton|tongansk|tonganska|Tongan|lea fakatonga
tr tur|tyrkisk|turkiska|Turkish|Türkçe
ts tso|tsonga|Xitsonga
tt tat|tatarisk|tatariska|Tatar|татар
tw twi
ty tah|tahitisk|tahitiska|tahitiansk|Tahitian
ug uig|uigurisk|uiguriska|uygurisk|Uyghur
uk ukr|ukrainsk|ukrainska|Ukrainian|українська
ur urd|urdu
uz uzb|usbekisk|uzbekiska|Uzbek|o‘zbek
ve ven|venda|Tshivenḓa
vi vie|vietnamesisk|vietnamesiska|Vietnamese|Tiếng Việt
vo vol|volapyk|volapük
wa wln|vallonsk|vallonska|Walloon|walon
wo wol|wolof
xh xho|xhosa|IsiXhosa
yi yid|jiddisk|jiddisch|Yiddish
yo yor|joruba|yoruba|Èdè Yorùbá
za zha|zhuang|Vahcuengh
zh zho|chi|kinesisk|kinesiska|Chinese|mandarin
zu zul|zulu|isiZulu
"""
"""One language a line: ISO 639-1, a space, names separated by `|`; a line that starts with a space goes on."""

_VOCABULARY: Final = Vocabulary.of_names(NAMES)
_LOCALE: Final = re.compile(r"([A-Za-z]{2,3})[-_][A-Za-z]{2}")

CODES: Final = _VOCABULARY.codes
"""Every language of the table."""


def language(value: str) -> Outcome:
    """ISO 639-1 of a language's code, name or locale such as nb-NO, or language_unknown."""
    locale = _LOCALE.fullmatch(value)
    code, problem = _VOCABULARY.outcome(locale[1] if locale else value, unknown="language_unknown")
    return (value if problem else code), problem


RULES: Final = KindRules(read=one_by_one(language))
