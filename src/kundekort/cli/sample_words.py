"""The words from which sample customers are put together, per country; data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


@dataclass(frozen=True, slots=True)
class Land:
    """What names, streets, postal codes and phone numbers look like in a country.

    `places` pairs a postal code with its city. `mobile` and `phone` are beginnings of E.164 numbers and `digits` how
    many more follow. `share` is its part of all.
    """

    country: str
    language: str
    share: float
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    mobile: tuple[str, ...]
    phone: tuple[str, ...]
    digits: tuple[int, int]


def _places(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (place.rsplit("=", 1) for place in _words(text))
    return tuple((code, city) for code, city in pairs)


LANDS: Final = (
    Land(
        country="NO",
        language="nb",
        share=0.72,
        women=_words(
            "Anne, Inger, Kari, Marit, Liv, Ingrid, Solveig, Åse, Bjørg, Gerd, Astrid, Berit, Randi, Eva, Nina, Hilde, "
            "Silje, Ida, Nora, Emma, Sofie, Thea, Ingeborg, Åshild, Ragnhild, Tone, Hege, Mari, Guro, Maja, Anne-Lise, "
            "Jorunn, Synnøve, Ane Sofie, Elin, Camilla, Frøydis, Sunniva, Máret, Yasmin"
        ),
        men=_words(
            "Jan, Per, Bjørn, Ole, Lars, Kjell, Knut, Svein, Arne, Hans, Geir, Tor, Morten, Terje, Odd, Erik, Øyvind, "
            "Håkon, Magnus, Jonas, Emil, Oskar, Filip, Jakob, Ødger, Åge, Pål, Sigurd, Trond, Roar, Eirik, Vegard, "
            "Stian, Kåre, Jon Arne, Per-Olav, Sverre, Torbjørn, Nils Ánte, Amir"
        ),
        surnames=_words(
            "Hansen, Johansen, Olsen, Larsen, Andersen, Pedersen, Nilsen, Kristiansen, Jensen, Karlsen, Johnsen, "
            "Pettersen, Eriksen, Berg, Haugen, Hagen, Johannessen, Andreassen, Jacobsen, Dahl, Jørgensen, Halvorsen, "
            "Henriksen, Lund, Sørensen, Jakobsen, Moen, Gundersen, Iversen, Strand, Solberg, Svendsen, Eide, Knutsen, "
            "Martinsen, Paulsen, Bakken, Kristoffersen, Mathisen, Lie, Rasmussen, Amundsen, Lunde, Kristensen, Bakke, "
            "Berge, Moe, Nygård, Solheim, Fredriksen, Holm, Lien, Hauge, Christensen, Ødegård, Åsen, Bråten, "
            "Næss-Hansen, Sæther, Øverby, Brækhus, Vågen, Støle, von Krogh, Aa, O'Brien"
        ),
        streets=_words(
            "Storgata, Kirkeveien, Parkveien, Skolegata, Bjørkeveien, Fjordgata, Øvre Slottsvei, Strandgata, "
            "Åsveien, Granlia, Nedre Torggate, Kongens gate, Solbakken, Møllefaret, Ringveien, Hagegata, Sjøgata, "
            "Nygårdsgaten, Elvebakken, Lyngstien, Tårnveien, Gamle Kvernvei, Prestegårdsveien, Kløverbakken"
        ),
        places=_places(
            "0150=Oslo, 0353=Oslo, 0475=Oslo, 0559=Oslo, 0661=Oslo, 0863=Oslo, 1182=Oslo, 1337=Sandvika, 1400=Ski, "
            "1606=Fredrikstad, 2004=Lillestrøm, 2317=Hamar, 2609=Lillehammer, 3015=Drammen, 3117=Tønsberg, "
            "3724=Skien, 4006=Stavanger, 4307=Sandnes, 4611=Kristiansand S, 4836=Arendal, 5003=Bergen, 5055=Bergen, "
            "5163=Laksevåg, 5527=Haugesund, 6003=Ålesund, 6413=Molde, 6800=Førde, 7010=Trondheim, 7052=Trondheim, "
            "7713=Steinkjer, 8006=Bodø, 8514=Narvik, 9008=Tromsø, 9510=Alta, 9730=Karasjok, 9900=Kirkenes"
        ),
        mobile=("+479", "+474"),
        phone=("+4722", "+4755", "+4773"),
        digits=(7, 6),
    ),
    Land(
        country="SE",
        language="sv",
        share=0.12,
        women=_words(
            "Anna, Eva, Maria, Karin, Kristina, Lena, Sara, Emma, Åsa, Birgitta, Ulla, Märta, Linnéa, Alva, Elsa, Görel"
        ),
        men=_words(
            "Lars, Mikael, Anders, Johan, Erik, Per, Karl, Nils, Göran, Håkan, Björn, Åke, Sören, Axel, Hugo, Olle"
        ),
        surnames=_words(
            "Andersson, Johansson, Karlsson, Nilsson, Eriksson, Larsson, Olsson, Persson, Svensson, Gustafsson, "
            "Jönsson, Lindström, Lindqvist, Bergström, Sjöberg, Engström, Hellström, Öberg, Åberg, Hagström"
        ),
        streets=_words("Storgatan, Kungsgatan, Björkvägen, Skolgatan, Ängsvägen, Åkervägen, Östra Hamngatan, Sjövägen"),
        places=_places(
            "111 29=Stockholm, 118 46=Stockholm, 411 05=Göteborg, 211 34=Malmö, 752 20=Uppsala, 702 11=Örebro, "
            "582 22=Linköping, 903 26=Umeå, 972 32=Luleå, 652 24=Karlstad, 831 30=Östersund, 452 30=Strömstad"
        ),
        mobile=("+4670", "+4673", "+4676"),
        phone=("+468",),
        digits=(7, 7),
    ),
    Land(
        country="DK",
        language="da",
        share=0.09,
        women=_words("Anne, Kirsten, Mette, Hanne, Susanne, Lone, Maja, Freja, Sørine, Bodil, Jytte, Åse, Ulla, Käthe"),
        men=_words(
            "Peter, Jens, Lars, Michael, Henrik, Søren, Niels, Jørgen, Bjørn, Aksel, Villads, Åge, Preben, Asger"
        ),
        surnames=_words(
            "Nielsen, Jensen, Hansen, Pedersen, Andersen, Christensen, Larsen, Sørensen, Rasmussen, Jørgensen, "
            "Petersen, Madsen, Kristensen, Østergaard, Møller, Kjær, Bæk, Åkjær, Nørgaard, Søndergaard"
        ),
        streets=_words("Nørregade, Vestergade, Søndergade, Østerbrogade, Åboulevarden, Kirkevej, Engvej, Skovvænget"),
        places=_places(
            "1050=København K, 2100=København Ø, 2200=København N, 5000=Odense C, 8000=Aarhus C, 9000=Aalborg, "
            "6700=Esbjerg, 4000=Roskilde, 7100=Vejle, 9900=Frederikshavn, 3700=Rønne"
        ),
        mobile=("+4520", "+4541", "+4560"),
        phone=("+4533", "+4586"),
        digits=(6, 6),
    ),
    Land(
        country="FI",
        language="fi",
        share=0.05,
        women=_words("Maria, Helena, Anneli, Johanna, Kaarina, Marjatta, Päivi, Sirpa, Aino, Sointu, Märta, Yrsa"),
        men=_words("Juhani, Johannes, Olavi, Antero, Tapani, Kalevi, Matti, Jyrki, Väinö, Eero, Pentti, Göran"),
        surnames=_words(
            "Korhonen, Virtanen, Mäkinen, Nieminen, Mäkelä, Hämäläinen, Laine, Heikkinen, Koskinen, Järvinen, "
            "Lehtonen, Särkkä, Pöyhönen, Öhman"
        ),
        streets=_words("Mannerheimintie, Hämeenkatu, Kirkkokatu, Järvitie, Mäkitie, Yliopistonkatu, Pyörätie"),
        places=_places(
            "00100=Helsinki, 00530=Helsinki, 02100=Espoo, 20100=Turku, 33100=Tampere, 90100=Oulu, 65100=Vaasa, "
            "40100=Jyväskylä, 53100=Lappeenranta"
        ),
        mobile=("+35840", "+35850"),
        phone=("+3589",),
        digits=(7, 6),
    ),
    Land(
        country="IS",
        language="is",
        share=0.02,
        women=_words("Guðrún, Anna, Kristín, Sigríður, Þórunn, Ásdís, Hrafnhildur, Björk, Unnur, Ólöf"),
        men=_words("Jón, Sigurður, Guðmundur, Gunnar, Ólafur, Þór, Ásgeir, Björn, Einar, Örn"),
        surnames=_words(
            "Jónsdóttir, Sigurðardóttir, Guðmundsdóttir, Jónsson, Sigurðsson, Þórsson, Ólafsdóttir, Björnsson, Briem"
        ),
        streets=_words("Laugavegur, Skólavörðustígur, Hafnargata, Þórsgata, Ægisíða, Bárugata"),
        places=_places(
            "101=Reykjavík, 105=Reykjavík, 200=Kópavogur, 220=Hafnarfjörður, 600=Akureyri, 900=Vestmannaeyjar"
        ),
        mobile=("+3546", "+3548"),
        phone=("+3545",),
        digits=(6, 6),
    ),
)

COMPANIES: Final = _words(
    "Fjell & Fjord Reiser AS, Nordlys Bokhandel, Ås Videregående Skole, Havblikk Hotell AS, Bødker & Sønn, "
    "Kulturkaféen «Lyset», Blomster-Eva DA, Brønnøy Kystlag, Sjøsiden Eiendom AS, Musikkskolen i Åsen, "
    "Rør og Varme Øst AS, Café Ærlig, Tannlegene på Torget, Vinterlys Foto, Kor for alle, Østre Teaterlag"
)

TAGS: Final = _words(
    "Abonnent, VIP, Presse, Student, Pensjonist, Frivillig, Gave-mottaker, Rullestol, Skoleklasse, Sponsor, Familie"
)

NOTES: Final = (
    "Ønsker plass ytterst på raden.",
    "Kommer ofte med rullestol;\ntrenger plass A1 eller A2.",
    'Kaller seg "Lille-Per" når han ringer.',
    "Ring ikke før kl. 10.",
    "Har fått gavekort nr. 00417.\nGyldig ut året.",
    "Allergi: nøtter, skalldyr",
    "- ringt 3 ganger\n- ikke svart",
    "Snakker helst engelsk.",
    'Bestilte "rad 5" – fikk rad 6; har fått beklagelse.',
    "Vil ha program på papir 😊",
    "=> se e-post fra i fjor",
)
