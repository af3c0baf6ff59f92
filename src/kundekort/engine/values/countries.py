"""Countries: ISO 3166 alpha-2, by the words that people use for them.

Accepted: alpha-2, alpha-3 and names, whatever their case and accents. Canonical: alpha-2.

The names are those of Unicode CLDR 47 in nb, nn, sv, da and en (read once through Babel 2.18), that of the Nordic and
some other countries in their own language, and after them a few everyday words such as Holland or USA. Names that fold
to the same letters stand once. `tests/engine/values/test_vocabulary.py` compares the table with CLDR.
CLDR data: Copyright © 1991-2025 Unicode, Inc., Unicode License v3, https://www.unicode.org/license.txt
"""

from __future__ import annotations

from typing import Final

from kundekort.engine.values.column import Outcome
from kundekort.engine.values.rules import KindRules, one_by_one
from kundekort.engine.values.vocabulary import Vocabulary

NAMES: Final = """
AD AND|Andorra
AE ARE|De forente arabiske emirater|Dei sameinte arabiske emirata|Förenade Arabemiraten|
   De Forenede Arabiske Emirater|United Arab Emirates|UAE|Emiratene
AF AFG|Afghanistan
AG ATG|Antigua og Barbuda|Antigua och Barbuda|Antigua & Barbuda
AI AIA|Anguilla
AL ALB|Albania|Albanien
AM ARM|Armenia|Armenien
AO AGO|Angola
AQ ATA|Antarktis|Antarctica
AR ARG|Argentina
AS ASM|Amerikansk Samoa|Amerikanska Samoa|American Samoa
AT AUT|Østerrike|Austerrike|Østrig|Austria|Österreich
AU AUS|Australia|Australien
AW ABW|Aruba
AX ALA|Åland|Åland Islands|Ahvenanmaa
AZ AZE|Aserbajdsjan|Azerbajdzjan|Azerbaijan
BA BIH|Bosnia-Hercegovina|Bosnien och Hercegovina|Bosnien-Hercegovina|Bosnia & Herzegovina|Bosnia og Hercegovina|
   Bosnia and Herzegovina
BB BRB|Barbados
BD BGD|Bangladesh
BE BEL|Belgia|Belgien|Belgium
BF BFA|Burkina Faso
BG BGR|Bulgaria|Bulgarien
BH BHR|Bahrain
BI BDI|Burundi
BJ BEN|Benin
BL BLM|Saint-Barthélemy|S:t Barthélemy
BM BMU|Bermuda
BN BRN|Brunei
BO BOL|Bolivia
BQ BES|Karibisk Nederland|Karibiska Nederländerna|De tidligere Nederlandske Antiller|Caribbean Netherlands
BR BRA|Brasil|Brasilien|Brazil
BS BHS|Bahamas
BT BTN|Bhutan
BV BVT|Bouvetøya|Bouvetön|Bouvetøen|Bouvet Island
BW BWA|Botswana
BY BLR|Belarus|Hviterussland|Vitryssland|Hviderusland
BZ BLZ|Belize
CA CAN|Canada|Kanada
CC CCK|Kokosøyene|Kokosøyane|Kokosöarna|Cocosøerne|Cocos (Keeling) Islands
CD COD|Kongo|Kongo-Kinshasa|Congo-Kinshasa|DR Kongo|DR Congo
CF CAF|Den sentralafrikanske republikk|Den sentralafrikanske republikken|Centralafrikanska republiken|
   Den Centralafrikanske Republik|Central African Republic
CG COG|Kongo-Brazzaville|Congo-Brazzaville|Republikken Kongo
CH CHE|Sveits|Schweiz|Switzerland
CI CIV|Elfenbenskysten|Elfenbeinskysten|Elfenbenskusten|Côte d’Ivoire|Ivory Coast
CK COK|Cookøyene|Cookøyane|Cooköarna|Cookøerne|Cook Islands
CL CHL|Chile
CM CMR|Kamerun|Cameroun|Cameroon
CN CHN|Kina|China
CO COL|Colombia
CR CRI|Costa Rica
CU CUB|Cuba|Kuba
CV CPV|Kapp Verde|Kap Verde|Cape Verde
CW CUW|Curaçao
CX CXR|Christmasøya|Julön|Juleøen|Christmas Island
CY CYP|Kypros|Cypern|Cyprus
CZ CZE|Tsjekkia|Tjeckien|Tjekkiet|Czechia|Czech Republic|Tsjekkiske republikk
DE DEU|Tyskland|Germany|Deutschland|BRD
DJ DJI|Djibouti
DK DNK|Danmark|Denmark
DM DMA|Dominica
DO DOM|Den dominikanske republikk|Den dominikanske republikken|Dominikanska republiken|Den Dominikanske Republik|
   Dominican Republic
DZ DZA|Algerie|Algeriet|Algeria
EC ECU|Ecuador
EE EST|Estland|Estonia|Eesti
EG EGY|Egypt|Egypten
EH ESH|Vest-Sahara|Västsahara|Western Sahara
ER ERI|Eritrea
ES ESP|Spania|Spanien|Spain|España
ET ETH|Etiopia|Etiopien|Ethiopia
FI FIN|Finland|Suomi
FJ FJI|Fiji
FK FLK|Falklandsøyene|Falklandsøyane|Falklandsöarna|Falklandsøerne|Falkland Islands
FM FSM|Mikronesiaføderasjonen|Mikronesien|Micronesia
FO FRO|Færøyene|Færøyane|Färöarna|Færøerne|Faroe Islands|Føroyar
FR FRA|Frankrike|Frankrig|France
GA GAB|Gabon
GB GBR|Storbritannia|Storbritannien|United Kingdom|UK|Great Britain|England|Skottland|Scotland|Wales|
   Nord-Irland|Northern Ireland
GD GRD|Grenada
GE GEO|Georgia|Georgien
GF GUF|Fransk Guyana|Franska Guyana|French Guiana
GG GGY|Guernsey
GH GHA|Ghana
GI GIB|Gibraltar
GL GRL|Grønland|Greenland|Kalaallit Nunaat
GM GMB|Gambia
GN GIN|Guinea
GP GLP|Guadeloupe
GQ GNQ|Ekvatorial-Guinea|Ækvatorialguinea|Equatorial Guinea
GR GRC|Hellas|Grekland|Grækenland|Greece
GS SGS|Sør-Georgia og Sør-Sandwichøyene|Sør-Georgia og Sør-Sandwichøyane|Sydgeorgien och Sydsandwichöarna|
   South Georgia og De Sydlige Sandwichøer|South Georgia & South Sandwich Islands
GT GTM|Guatemala
GU GUM|Guam
GW GNB|Guinea-Bissau
GY GUY|Guyana
HK HKG|Hongkong SAR Kina|Hongkong SAR|SAR Hongkong|Hong Kong SAR China|Hong Kong
HM HMD|Heard- og McDonaldøyene|Heardøya og McDonaldøyane|Heardön och McDonaldöarna|
   Heard Island og McDonald Islands|Heard & McDonald Islands
HN HND|Honduras
HR HRV|Kroatia|Kroatien|Croatia
HT HTI|Haiti
HU HUN|Ungarn|Ungern|Hungary
ID IDN|Indonesia|Indonesien
IE IRL|Irland|Ireland|Republic of Ireland|Éire
IL ISR|Israel
IM IMN|Man|Isle of Man
IN IND|India|Indien
IO IOT|Det britiske territoriet i Indiahavet|Chagosøyane|Brittiska territoriet i Indiska oceanen|
   Det Britiske Territorium i Det Indiske Ocean|British Indian Ocean Territory
IQ IRQ|Irak|Iraq
IR IRN|Iran|Islamic Republic of Iran
IS ISL|Island|Iceland
IT ITA|Italia|Italien|Italy
JE JEY|Jersey
JM JAM|Jamaica
JO JOR|Jordan|Jordanien
JP JPN|Japan
KE KEN|Kenya
KG KGZ|Kirgisistan|Kirgizistan|Kyrgyzstan
KH KHM|Kambodsja|Kambodja|Cambodja|Cambodia
KI KIR|Kiribati
KM COM|Komorene|Komorane|Komorerna|Comorerne|Comoros
KN KNA|Saint Kitts og Nevis|S:t Kitts och Nevis|St. Kitts & Nevis
KP PRK|Nord-Korea|North Korea
KR KOR|Sør-Korea|Sydkorea|South Korea|Korea
KW KWT|Kuwait
KY CYM|Caymanøyene|Caymanøyane|Caymanöarna|Caymanøerne|Cayman Islands
KZ KAZ|Kasakhstan|Kazakstan|Kazakhstan
LA LAO|Laos
LB LBN|Libanon|Lebanon
LC LCA|St. Lucia|Saint Lucia
LI LIE|Liechtenstein
LK LKA|Sri Lanka
LR LBR|Liberia
LS LSO|Lesotho
LT LTU|Litauen|Lithuania|Lietuva
LU LUX|Luxemburg|Luxembourg
LV LVA|Latvia|Lettland|Letland|Latvija
LY LBY|Libya|Libyen
MA MAR|Marokko|Marocko|Morocco
MC MCO|Monaco
MD MDA|Moldova|Moldavien|Republic of Moldova
ME MNE|Montenegro
MF MAF|Saint-Martin|St. Martin
MG MDG|Madagaskar|Madagascar
MH MHL|Marshalløyene|Marshalløyane|Marshallöarna|Marshalløerne|Marshall Islands
MK MKD|Nord-Makedonia|Nordmakedonien|North Macedonia|Makedonia|Makedonien|Macedonia
ML MLI|Mali
MM MMR|Myanmar (Burma)|Burma|Myanmar
MN MNG|Mongolia|Mongoliet
MO MAC|Macao SAR Kina|Macao SAR|SAR Macao|Macao SAR China|Macao|Macau
MP MNP|Nord-Marianene|Nord-Marianane|Nordmarianerna|Nordmarianerne|Northern Mariana Islands
MQ MTQ|Martinique
MR MRT|Mauritania|Mauretanien
MS MSR|Montserrat
MT MLT|Malta
MU MUS|Mauritius
MV MDV|Maldivene|Maldivane|Maldiverna|Maldiverne|Maldives
MW MWI|Malawi
MX MEX|Mexico|Mexiko
MY MYS|Malaysia
MZ MOZ|Mosambik|Moçambique|Mozambique
NA NAM|Namibia
NC NCL|Ny-Caledonia|Nya Kaledonien|Ny Kaledonien|New Caledonia
NE NER|Niger
NF NFK|Norfolkøya|Norfolkön|Norfolk Island
NG NGA|Nigeria
NI NIC|Nicaragua
NL NLD|Nederland|Nederländerna|Nederlandene|Netherlands|Holland
NO NOR|Norge|Noreg|Norway|Norga
NP NPL|Nepal
NR NRU|Nauru
NU NIU|Niue
NZ NZL|New Zealand|Nya Zeeland
OM OMN|Oman
PA PAN|Panama
PE PER|Peru
PF PYF|Fransk Polynesia|Franska Polynesien|Fransk Polynesien|French Polynesia
PG PNG|Papua Ny-Guinea|Papua Nya Guinea|Papua New Guinea
PH PHL|Filippinene|Filippinane|Filippinerna|Filippinerne|Philippines
PK PAK|Pakistan
PL POL|Polen|Poland|Polska
PM SPM|Saint-Pierre-et-Miquelon|S:t Pierre och Miquelon|Saint Pierre og Miquelon|St. Pierre & Miquelon
PN PCN|Pitcairnøyene|Pitcairn|Pitcairnöarna|Pitcairn Islands
PR PRI|Puerto Rico
PS PSE|Det palestinske området|Palestinska territorierna|De palæstinensiske områder|Palestinian Territories|
   Palestina|Palestine
PT PRT|Portugal
PW PLW|Palau
PY PRY|Paraguay
QA QAT|Qatar
RE REU|Réunion
RO ROU|Romania|Rumänien|Rumænien
RS SRB|Serbia|Serbien
RU RUS|Russland|Ryssland|Rusland|Russia|Russian Federation
RW RWA|Rwanda
SA SAU|Saudi-Arabia|Saudiarabien
SB SLB|Salomonøyene|Salomonøyane|Salomonöarna|Salomonøerne|Solomon Islands
SC SYC|Seychellene|Seychellane|Seychellerna|Seychellerne|Seychelles
SD SDN|Sudan
SE SWE|Sverige|Sweden
SG SGP|Singapore
SH SHN|St. Helena|Saint Helena
SI SVN|Slovenia|Slovenien
SJ SJM|Svalbard og Jan Mayen|Svalbard och Jan Mayen|Svalbard & Jan Mayen|Svalbard
SK SVK|Slovakia|Slovakien|Slovakiet
SL SLE|Sierra Leone
SM SMR|San Marino
SN SEN|Senegal
SO SOM|Somalia
SR SUR|Surinam|Suriname
SS SSD|Sør-Sudan|Sydsudan|South Sudan
ST STP|São Tomé og Príncipe|São Tomé och Príncipe|São Tomé & Príncipe
SV SLV|El Salvador
SX SXM|Sint Maarten
SY SYR|Syria|Syrien|Syrian Arab Republic
SZ SWZ|Eswatini|Swaziland
TC TCA|Turks- og Caicosøyene|Turks- og Caicosøyane|Turks- och Caicosöarna|Turks- og Caicosøerne|
   Turks & Caicos Islands
TD TCD|Tsjad|Tchad|Chad
TF ATF|De franske sørterritorier|Dei franske sørterritoria|Franska sydterritorierna|
   De Franske Besiddelser i Det Sydlige Indiske Ocean og Antarktis|French Southern Territories
TG TGO|Togo
TH THA|Thailand
TJ TJK|Tadsjikistan|Tadzjikistan|Tajikistan
TK TKL|Tokelau|Tokelauöarna
TL TLS|Øst-Timor|Aust-Timor|Timor-Leste
TM TKM|Turkmenistan
TN TUN|Tunisia|Tunisien|Tunesien
TO TON|Tonga
TR TUR|Tyrkia|Turkiet|Tyrkiet|Türkiye|Turkey
TT TTO|Trinidad og Tobago|Trinidad och Tobago|Trinidad & Tobago|Trinidad and Tobago
TV TUV|Tuvalu
TW TWN|Taiwan|Republic of China
TZ TZA|Tanzania|United Republic of Tanzania
UA UKR|Ukraina|Ukraine
UG UGA|Uganda
UM UMI|USAs ytre øyer|USAs ytre småøyar|USA:s yttre öar|Amerikanske oversøiske øer|U.S. Outlying Islands
US USA|United States|Amerika|Amerikas forente stater|United States of America
UY URY|Uruguay
UZ UZB|Usbekistan|Uzbekistan
VA VAT|Vatikanstaten|Vatican City|Vatican
VC VCT|St. Vincent og Grenadinene|St. Vincent og Grenadinane|S:t Vincent och Grenadinerna|
   Saint Vincent og Grenadinerne|St. Vincent & Grenadines
VE VEN|Venezuela
VG VGB|De britiske jomfruøyene|Dei britiske Jomfruøyane|Brittiska Jungfruöarna|De Britiske Jomfruøer|
   British Virgin Islands
VI VIR|De amerikanske jomfruøyene|Dei amerikanske Jomfruøyane|Amerikanska Jungfruöarna|De Amerikanske Jomfruøer|
   U.S. Virgin Islands
VN VNM|Vietnam
VU VUT|Vanuatu
WF WLF|Wallis og Futuna|Wallis- och Futunaöarna|Wallis & Futuna
WS WSM|Samoa
XK XKK|Kosovo
YE YEM|Jemen|Yemen
YT MYT|Mayotte
ZA ZAF|Sør-Afrika|Sydafrika|South Africa
ZM ZMB|Zambia
ZW ZWE|Zimbabwe
"""
"""One country a line: alpha-2, a space, names separated by `|`; a line that starts with a space goes on."""

_VOCABULARY: Final = Vocabulary.of_names(NAMES)

CODES: Final = _VOCABULARY.codes
"""Every country of the table."""


def country(value: str) -> Outcome:
    """ISO 3166 alpha-2 of a country's code or name, or country_unknown."""
    return _VOCABULARY.outcome(value, unknown="country_unknown")


RULES: Final = KindRules(read=one_by_one(country))
