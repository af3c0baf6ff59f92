"""How names are spelt in the languages of the north and their neighbours, by which encodings are told apart.

Data only: what is not read right is mended by names written the same way. Each line is a language or a few that
are written alike, with names of people and places and some headers, mostly such as have letters beyond a to z.
"""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    # Norwegian and Danish
    "Bjørn Øystein Åse Håkon Kåre Pål Åge Sølvi Frøydis Torbjørn Jørgen Søren Øyvind Øivind Åshild Åsmund Bjørg Mård "
    "Sæther Sørensen Jørgensen Nygård Ødegård Hårstad Bø Bøe Næss Næs Brækhus Bråten Løken Møller Kjær Kjærgaard "
    "Rønne Nørgaard Østergaard Skjærvø Grønn Tromsø Bodø Ålesund Mosjøen Ærøskøbing Ærø Læsø Hønefoss Lærdal Årdal "
    "Førde Æsop Florø Måløy Røros Trøndelag Sørum Tønsberg Gjøvik Bærum Nærøy Vågå Sæbø Fåberg Blåfjell Skåne Århus "
    "Ålborg Ås Øye Helsingør Køge Sønderborg Tønder Fødselsdato Språk Kjønn Født Måned År Øst Sør Nøkkel Rød Grå Blå "
    "Små Også På Være Når Får Før Første Må Nær Læring Østfold Østby Øverby Øien Øvrebø Åsen Åsheim Grønland "
    "Lørenskog Drøbak Ærlig Vålerenga Skøyen Majorstuå Grünerløkka Torshov Bjølsen Sjølyst Frøya Smøla Værøy Røst "
    "Andøya Senja Sørøya Nordkjør Ågot Åste Øydis Sæmund Snorre Gørild Jøran Røskva Tønnes Mæhlum Mælen Rækstad "
    "Sæter Hægstad Lægreid Hæreid Bårdsen Gård Gårdsvei Skår Skåre Våge Vågen Tårnveien Målselv Måsøy Låte Lågen "
    "Håland Håvard Bård Båtsfjord Råde Høyre Høgskole Høyland Støle Størmer Sjøgren Kjøbenhavn Nykøbing Nordsjælland "
    "Sjælland Fyn Æbletoft Kærlighed Kærsgård Bækgaard Bæk Lærke Præstø Tårnby Gråsten Åbenrå Ålbæk Rødovre Rønde "
    "Hørsholm Hobrø Føroyar Ångst Øl Øre Ødt Æ Ø Å Æra Ærend Ærbødig Trær Knær Vær Bær Lær Klær Fjær Sjø Snø Rø Tø "
    "Øy Bøya Åpen Åker Åtte Ånd",
    # Swedish and Finnish
    "Åsa Björn Göran Jörgen Märta Håkan Åke Örjan Sjöström Söderberg Öberg Ångström Lindström Nyström Åberg Åkesson "
    "Bergström Hägg Björk Ström Pär Växjö Örebro Malmö Göteborg Linköping Norrköping Jönköping Västerås Umeå Luleå "
    "Piteå Skellefteå Östersund Gävle Ängelholm Hässleholm Förnamn Födelsedatum Språk Kön Mäkinen Hämäläinen "
    "Jyväskylä Hämeenlinna Päivi Väinö Pöyhönen Häkkinen Räikkönen Työ Sähköposti Syntymäaika Äiti Yrjö Seinäjoki "
    "Töölö Kyösti Määttä Järvinen Mäki Kääriäinen Lähteenmäki Särkkä Höglund Öhman Åland Sjögren Sjöberg Löfgren Löf "
    "Näslund Gådström Hedström Engström Holmström Blomström Åström Sandström Forsström Wikström Ekström Väst Öst "
    "Södra Norra Österåker Ängby Äppelviken Gård Gårdsvägen Kyrkvägen Vägen Sköldvägen Hjärta Kärlek Märit Håkansson "
    "Påhlsson Måns Mårten Mårtensson Bråkenhielm Råsunda Tåby Täby Säffle Söderhamn Sölvesborg Örnsköldsvik "
    "Östhammar Lidköping Köping Närke Öland Öckerö Tjörn Örn Lönn Grön Höst Vår Går År Ö Å Ä Äldre Ätt Även Öga "
    "Öppen Över Övrigt Ålder Åtta Ålen Hyvinkää Ylöjärvi Kemijärvi Sodankylä Äänekoski Ähtäri Öljy Yö Työnantaja "
    "Pääskynen Pääkkönen Väisänen Väänänen Hyvärinen Ylönen Pitkänen Känsälä Heikkilä Mattila Seppälä Anttila "
    "Mikkelä Syrjä Syrjänen Sorsä Höyry Löytö Mökki Pöllö Köyliö Kökkö Sälli Tähti Täällä Räsänen Leppänen Mänttä "
    "Kettunen Järvi Jäntti Jääskeläinen Vähä Viljä",
    # Icelandic and Faroese
    "Guðrún Sigurður Þór Þóra Ólafur Jón Kristín Björk Sæmundur Guðmundsdóttir Jónsson Magnússon Einarsdóttir "
    "Þórðarson Ragnheiður Áslaug Ásgeir Æsa Ísleifur Íris Úlfar Unnþór Hafnarfjörður Kópavogur Ísafjörður "
    "Seyðisfjörður Höfn Vík Reykjavík Þingvellir Tórshavn Klaksvík Jóannes Rógvi Høgni Bárður Hjálmar Sólrún Eyðun "
    "Ýmir Ýr Fæðingardagur Þura Símanúmer Póstnúmer Tungumál Sveitarfélag Gýgjarhóll Jóhann Jóhanna Jóhannesson "
    "Sigríður Margrét Elín Anna Ásta Sæþór Bjarni Guðni Þorsteinn Þorgerður Þórunn Hafþór Steinþór Davíð Heiða "
    "Heiðar Breiðholt Austurvöllur Laugavegur Skúli Böðvar Öxarfjörður Öskjuhlíð Árni Ægir Ævar Örn Öræfi Hlíð "
    "Miðbær Bær Sævar Hörður Njörður Garðabær Garðar Rúnar Rún Sjöfn Kolbrún Guðbjörg Ingibjörg Valgerður Þuríður "
    "Brynjólfur Hrólfur Ingólfur Snæfell Snæbjörn Árnason Óskar Óli Ýrr Þýri Þröstur Þráinn Þjóð Þvera Kría Pétur "
    "Páll Lárus Svanhvít Dröfn Mörður Flói Fróði Eiði Oddvør Bø Sørvágur",
    # German
    "Müller Schäfer Schröder Jürgen Günther Jörg Käthe Böhm Köhler König Krüger Lübeck Köln München Nürnberg "
    "Düsseldorf Größe Straße Weiß Groß Strauß Preuß Häuser Zürich Österreich Übersee Ägypten Bär Löwe Gräfin Jäger "
    "Möller Lübke Löffler Höhne Schütz Wünsch Grün Wörner Böttcher Bärbel Sönke Hänsel Rüdiger Käßmann Meißner "
    "Geschäft Büro Fräulein Göttingen Tübingen Würzburg Münster Mönch Kästner Strübing Hübner Hölderlin Föhr "
    "Sächsisch Thüringen Küste Mühle Brücke Rößler Fuß Gauß Süß Heß Schloßberg Kißling Überall Übel Äpfel Ärzte "
    "Öffnung Öl Bürger Wüst Fürst",
    # Spanish and Catalan
    "José Jesús María Martín Sánchez Hernández González Rodríguez Pérez Gómez Díaz Álvarez Jiménez Muñoz Núñez Peña "
    "Íñigo Ángel Óscar Úrsula Málaga Córdoba Coruña Begoña Ibáñez Güell Antonio Nuñez Yáñez Ordóñez Castaño Cataluña "
    "Logroño Montaña Español Niño Muñiz Piñeiro Cañizares Acuña Zúñiga Avilés Cádiz Jaén León Almería Cáceres Ávila "
    "Érika Sofía Lucía Raúl Andrés Inés Íñiguez Ramón Simón Adrián Julián Sebastián Iván Germán Tomás Nicolás Belén "
    "Rocío Mónica Verónica Ángela Víctor Héctor Rubén Joaquín Agustín Valentín Benítez Gutiérrez Domínguez Vázquez "
    "Suárez Méndez Peñalver Número Teléfono Dirección Población Código Año Señor Señora Marañón Argüello Sigüenza "
    "Güemes Òscar Àngels Llàtzer",
    # French, Portuguese, Italian, Dutch
    "François Françoise René Renée Hélène Jérôme Frédéric Véronique André Andrée Benoît Aimée Noël Zoë Chloé Gaël "
    "Joël Anaïs Loïc Raphaël Éric Étienne Émile Élise Céline Geneviève Irène Thérèse Sébastien Cédric Grégoire Théo "
    "Léa Agnès Côte Hôtel Forêt Fête Besançon Orléans Nîmes Évry Père Lefèvre Crème Café José Jesús María Martín "
    "Sánchez Bébé Entré Hernández González Rodríguez Pérez Gómez Díaz Álvarez Jiménez Muñoz Núñez Peña Íñigo Ángel "
    "Óscar Úrsula Málaga Idé Córdoba Coruña Begoña Ibáñez Güell João Conceição Gonçalves Simões Guimarães Araújo "
    "Magalhães Antônio Fábio Inês Luís Brandão Falcão Lourenço São Assunção Nicolò Forlì Cantù Città Daniël Hölscher "
    "Coöperatie Curaçao Desirée Linné Kaféen Idéen Armé Allé Alléen Komité Génesis Àlex Ève Être Ôter Gérard Gérald "
    "Château Maçon Plaça Garçon Île Marché Rés Lévêque Bérénice Maël Héloïse Cécile Félix Félicité Mégane Benoîte "
    "Crèche Montréal",
    # Estonian
    "Tõnu Jõgi Põld Õnne Kõiv Mägi Pärnu Võru Põlva Jõhvi Jürgen Märt Ülle Rõuge Õispuu Tõnis Jüri Külli Sööt Šmidt "
    "Väljas Lõhmus Kärt Ööbik Žanna Säde Mõisaküla Rüütel Kõre Pärtel Sõrmus Nõmme Lõuna Põhja Härm Tõnisson Välja "
    "Ööpik Õun Õlle Põltsamaa Türi Tõrva Räpina Kärdla Võsu Žukov Šotimaa Dušan Lääne Tänav Maantee Perekonnanimi "
    "Sünniaeg Ülo",
    # Latvian
    "Jānis Bērziņš Kalniņš Ozoliņš Pētersons Līga Krūmiņš Liepiņa Rūta Kārlis Ēriks Ģirts Ķekava Ļubova Ņina Ūdris "
    "Āris Šmits Žanis Čaks Vītols Zariņš Grīnbergs Rīga Jūrmala Liepāja Jēkabpils Rēzekne Cēsis Bērziņa Sproģis "
    "Kļaviņš Dārta Mārtiņš Pēteris Anšlavs Dāvis Vārds Uzvārds Dzimšanas Pilsēta Tālrunis Inga Ilmārs Guntārs Juris "
    "Miķelis Jānītis Eglītis Vanags Balodis Lācis Krastiņš Vilciņš Siliņš Jansons Āboliņš Čerņikova Žēlabiņa Šķēle "
    "Ģertrūde Ķēniņš Ļaudis Ināra Ainārs Mārīte Zaļā Iela Brīvības Skolā Mežs Mežāre Ogrē Kuldīga Talsi Dobele "
    "Bauskā Limbaži Smiltene",
    # Lithuanian
    "Petrauskienė Žukauskas Rūta Jūratė Šarūnas Žydrūnas Gintarė Eglė Ūla Ąžuolas Čiurlionis Šimkus Žemaitis "
    "Stankevičius Vaičiūnas Paulauskienė Jankauskaitė Šiauliai Klaipėda Panevėžys Mažeikiai Kėdainiai Telšiai Plungė "
    "Ukmergė Šilutė Birutė Živilė Kęstutis Dalė Gražina Česlovas Šeškinė Butkevičiūtė Įmonė Vardas Pavardė Kraštas "
    "Miškas Žalgiris Ąsotis Gatvė Gimimo Žmonių Namų Vaikų Šalis Lašas Mėnuo Ėmė Kazlauskaitė Urbonavičius "
    "Kavaliauskienė Rimkutė Sabaliauskaitė Adomavičiūtė Žilinskienė Nijolė Aušra Rasa Danutė Jolė Mažylis Jonė "
    "Kučinskas Bružas Gedvilė Vasiliauskienė Žąsis",
    # Polish
    "Łukasz Żółć Małgorzata Paweł Michał Stanisław Józef Wałęsa Dąbrowski Wiśniewski Wójcik Kamiński Zieliński "
    "Szymański Woźniak Kozłowski Jabłoński Górski Pawłowski Michałowska Głowacki Łódź Kraków Gdańsk Poznań Wrocław "
    "Rzeszów Ślązak Białystok Toruń Częstochowa Świdnica Elbląg Żyrardów Grudziądz Bażant Bożena Grażyna Elżbieta "
    "Śliwa Źródło Ćwik Łoś Ósmy Ziąbek Błażej Krzyś Kępa Gęś Książ Dźwig Imię Płeć Język Miejscowość Województwo "
    "Różański Żak Łęcki Gałązka Zięba Przybyła Włodarczyk Król Wróbel Dudziński Mróz Sobolewski Piątek Kołodziej "
    "Chmiel Wiącek Ryś Małecki Cieślak Jóźwiak Zając Stępień Wąsik Pająk Bąk Duńska Góra Świątek Świetlik Żuraw "
    "Żywiec Łomża Łuków Sławomir Bolesław Wiesława Michalą",
    # Czech and Slovak
    "Dvořák Novák Černý Procházka Kučera Veselý Horák Němec Pokorný Marešová Růžička Kříž Jiří Tomáš Lukáš Ondřej "
    "Matěj Vojtěch František Šárka Žaneta Zdeněk Přemysl Čeněk Věra Kateřina Alžběta Plzeň Ústí Třebíč Kroměříž "
    "České Budějovice Děčín Šumperk Řehoř Říčany Ďáblice Čapek Štěpán Žďár Ťoupal Ľubomír Ľudovít Ján Štefan Košice "
    "Žilina Prešov Trenčín Nováková Kováč Horváth Tóth Hruška Šťastný Křestní Příjmení Město Pohlaví Číslo Země "
    "Ňuňák Peťa Laďa Maďarič Kôň Vŕba Hĺbka Mäso Svobodová Dvořáková Černá Kučerová Veselá Krejčí Fialová Sedláček "
    "Doležal Zeman Kolář Navrátil Čermák Vaněk Blažek Kříšťan Urbanová Růžena Hájek Šimek Bureš Kašpar Říha Beneš "
    "Matoušek Šebesta Slezák Ostrava Zuzana Míša",
    # Hungarian
    "László Zoltán Gábor Péter Tamás István József János Mária Éva Ágnes Zsófia Erzsébet Győr Szabó Kovács Tóth "
    "Horváth Kőszegi Szűcs Fűrész Pécs Győző Gergő Hegedűs Ördög Ősz Öt Űr Ürge Üröm Íjász Ózd Molnár Németh Balázs "
    "Bálint Ferencné Székesfehérvár Erdős Petőfi Székely Szöllősi Keresztnév Születési Város Cím Ádám Áron Dávid "
    "Dániel Krisztián Zoltánné",
    # Croatian, Slovene, Bosnian, Serbian
    "Šimić Marković Petrović Jovanović Nikolić Đorđević Đurić Živković Milošević Žarko Željko Čavić Ćosić Krešimir "
    "Dušan Saša Nataša Mišo Božidar Živa Rožman Kovač Črt Župančič Žagar Hočevar Šiška Čakovec Šibenik Požega "
    "Karađorđe Anđela Đoković Hadžić Ivanišević Čilić Perišić Modrić Babić Vuković Radić Kovačević Jurić Blažević "
    "Matić Tomić Knežević Šarić",
    # Romanian
    "Ştefan Ţepeş Ionuţ Brăila Bucureşti Constanţa Băsescu Vlăduţ Mihăilă Gheorghiţă Mădălina Cătălin Înger Iaşi "
    "Timişoara Piteşti Bacău Râmnicu Târgu Câmpulung Ceauşescu Ţurcan Popânda Niţă Şerban Rădulescu Dumitraşcu "
    "Mureşan Bălan Lăcătuş",
    # Turkish
    "Yılmaz Yıldız Şahin Çelik Öztürk Aydın Özdemir Doğan Kılıç Çetin Koç Özkan Şimşek Erdoğan Ayşe Gülşah Gül Ömer "
    "İbrahim İsmail Hüseyin Ünal Işık Güneş Yağmur Tuğçe Tuğba Çağlar İstanbul İzmir Diyarbakır Şanlıurfa Eskişehir "
    "Balıkesir Muğla Niğde Ağrı Iğdır Oğuz Uğur Buğra Başak Barış Çiğdem Ümit Dağ Beşiktaş Yıldırım Kızıl Altıntaş "
    "Sarı Bayındır Akkuş",
    # Russian, Ukrainian, Bulgarian
    "Наталья Иванов Сергей Ольга Смирнова Кузнецов Александр Дмитрий Екатерина Татьяна Юлия Андрей Михаил Павлов "
    "Соколова Попов Лебедев Козлов Новиков Морозова Фёдоров Алексей Владимир Шевченко Коваленко Бондаренко Ткаченко "
    "Олександр Ірина Юрій Дмитро Євген Тетяна Київ Львів Харків Одеса Дніпро Запоріжжя Москва Мурманск Петербург Имя "
    "Фамилия Город Адрес Прізвище Місто Вулиця Їжак Сергій Василь Георгиев Димитров Христова Жанна Эльвира Щербаков "
    "Цветков Чернов Яковлев Ёлкин",
)
