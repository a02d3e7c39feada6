### Polders woorden in het Nederlands. Kort, actief, tegenwoordige tijd; "je" en "Polder".
### Een fout is wat er gebeurde (err-), dan wat je kunt doen (rec-). "-gate" geldt alleen bij de poort.

## Onderdelen
close = Sluiten
try-again = Probeer opnieuw
copy = Kopiëren
copied = Gekopieerd
copy-failed = Kopiëren lukte niet. Selecteer de tekst en kopieer die zelf.
code-reference = Code { $reference }
what-you-can-do = Wat je kunt doen
loading = Laden
choose-language = Taal
day-at-time = { $day } om { $time }

## Poort
gate-title = Is dit de nieuwste Polder?
gate-lead = Een ogenblik. Polder gaat open als dit zeker is.
gate-reaching = Verbinden met het platform
gate-verifying = De ondertekende versielijst lezen
gate-comparing = Vergelijken met dit programma
gate-bytes = { $done } van { $total }
gate-downloading = { $version ->
    [none] De nieuwste versie
   *[other] Versie { $version }
  } ophalen
gate-downloading-lead = Polder start vanzelf als ze er staat en gecontroleerd is.
gate-unpacking = { $version ->
    [none] De nieuwste versie
   *[other] Versie { $version }
  } uitpakken
gate-unpacking-lead = Elk bestand wordt onderweg naar zijn plek gecontroleerd.
gate-starting = { $version ->
    [none] De nieuwste versie
   *[other] Versie { $version }
  } starten
gate-starting-lead = Dit venster sluit en het nieuwe gaat open.
gate-left = nog ongeveer { $time }
gate-import = Update importeren…
gate-done = { $step }: klaar
gate-now = { $step }: bezig
gate-later = { $step }: nog niet
gate-copy = Kopieer voor IT
gate-quit = Afsluiten
gate-version = Versie { $version }
gate-code = Code { $reference }, { $time }
gate-details = Gegevens voor IT
gate-opening = Openen
gate-opening-lead = Kijken of je nog aangemeld bent.

# Network settings, at the gate and at the door.
network-title = Netwerk
network-open = Netwerkinstellingen
network-system = Zoals deze computer is ingesteld
network-system-none = nu: geen proxy
network-system-proxy = nu: { $address }
network-system-pac = nu: een script, dat Polder niet kan lezen
network-direct = Zonder proxy
network-manual = Via deze proxy
network-host = Proxy
network-port = Poort
network-user = Gebruikersnaam, als het moet
network-password = Wachtwoord
network-password-kept = bewaard
network-host-wrong = Zoals proxy.example.org.
network-port-wrong = 1 tot 65535.
network-user-wrong = Zonder dubbele punt.
network-save = Gebruiken en controleren
network-keep = Bewaren
network-kept = Bewaard. Polder neemt deze weg vanaf de volgende start.
network-back = Terug

## Aanmelden
sign-in-title = Aanmelden
sign-in-host = bij { $host }
sign-in-email = E-mailadres
sign-in-password = Wachtwoord
sign-in-show = Tonen
sign-in-hide = Verbergen
sign-in-show-label = Wachtwoord tonen
sign-in-hide-label = Wachtwoord verbergen
sign-in-stay = Aangemeld blijven op deze computer
sign-in-continue = Verder
sign-in-busy = Controleren
sign-in-email-needed = Typ je e-mailadres.
sign-in-password-needed = Typ je wachtwoord.
sign-in-checked = Versie { $version }, gecontroleerd { $when }

## Code
code-title = Typ de zes cijfers
code-lead = Ze staan in je authenticator-app, onder Polder.
code-label = Code van zes cijfers
code-help = Elke 30 seconden komt er een nieuwe code. Plakken mag ook.
code-sign-in = Aanmelden
code-short = Typ alle zes cijfers.
code-back = Als iemand anders aanmelden

## Tweede stap
enrol-title = Voeg je tweede stap toe
enrol-lead = { $domain } vraagt erom: een code van je telefoon, naast je wachtwoord.
enrol-scan = Scan dit met je telefoon
enrol-apps = Elke authenticator-app is goed, zoals Aegis, 2FAS of die in je wachtwoordkluis.
enrol-qr = QR-code met de sleutel voor je authenticator-app
enrol-key = Of typ deze sleutel
enrol-copy-key = Sleutel kopiëren
enrol-type = Typ de zes cijfers die de app toont
enrol-turn-on = Aanzetten
enrol-help = De sleutel staat alleen hier en nu. Vanaf de volgende keer vraagt Polder om een code.

## Onthouden worden
not-remembered-dismiss = Begrepen

## Afgemeld, maar niet overal
signed-out-title = Je bent hier afgemeld
signed-out-platform = Het platform kon het niet horen. Het beëindigt de sessie na een tijd vanzelf.
signed-out-platform-remedy = Meld je aan en weer af als de verbinding terug is om haar meteen te beëindigen.
signed-out-keychain = Wat Polder op de afgesloten plek van deze computer bewaart, kon niet worden verwijderd.
signed-out-keychain-remedy = Ontgrendel hem en meld je nog een keer aan en af.

## Projecten
projects-title = Projecten
projects-sign-out = Afmelden
projects-signing-out = Afmelden
projects-name = Naam
projects-owner = Eigenaar
projects-version = Versie
projects-saved = Laatst bewaard
projects-right = Je recht
projects-size = Grootte
projects-you = Jij
projects-loading = Je projecten laden
projects-empty-title = Nog niets hier
projects-empty = Niemand heeft een project met je gedeeld en je hebt er zelf geen.
projects-empty-hint = Vraag een collega van { $domain } om er een met je te delen en kijk dan opnieuw.
projects-refresh = Kijk opnieuw
right-yours = Van jou
right-write = Kan wijzigen
right-read = Alleen bekijken
role-viewer = kijker
role-host = starter
role-editor = bewerker
role-manager = beheerder

## Project
project-back = Projecten
project-breadcrumb = Waar je bent
project-loading = Het project openen
project-saved-you = Versie { $number }, bewaard { $when } door jou
project-saved = Versie { $number }, bewaard { $when } door { $name }
project-layers = Kaartlagen
project-layer-show = { $layer } tonen
project-layer-loading = Laden
project-layer-retry = Probeer opnieuw
project-layers-progress = { $done } van { $all } kaartlagen zijn binnen
project-layer-summary = { $features } objecten, { $size }
project-no-layers = Deze versie bevat geen kaartlagen.
project-map = Kaart van { $name }. De tabel van objecten noemt hetzelfde.
project-zoom-in = Inzoomen
project-zoom-out = Uitzoomen
project-zoom-all = Alles tonen
project-scale = Schaal: { $length }
project-table = Tabel van objecten
project-table-close = De tabel van objecten sluiten
project-table-layer = Kaartlaag
project-table-filter = Rijen filteren
project-table-none = Geen rij bevat die tekst.
project-table-empty = Deze kaartlaag heeft geen objecten.
project-table-rows = { $count ->
    [one] { $shown } object
   *[other] { $shown } objecten
  }
project-table-some = { $shown } van { $all } objecten
project-table-waiting = Deze kaartlaag komt nog binnen.
project-table-number = Nr.
feature-close = De kaart van dit object sluiten
feature-layer = Kaartlaag
feature-zoom = Zoom hierop in
feature-bare = Meer is er niet over bekend.

## Wat er gebeurde en wat je kunt doen
err-malformed = Het platform kon niet lezen wat Polder vroeg. Er is niets gewijzigd.
  .title = Polder werd niet begrepen
rec-malformed = Probeer het opnieuw. Gebeurt het weer, geef IT dan de code.

err-credentials-wrong = Dit e-mailadres en wachtwoord horen niet bij elkaar.
  .title = Niet aangemeld
rec-credentials-wrong = Controleer beide en probeer het opnieuw.

err-code-wrong = Die code klopt niet of is al gebruikt.
  .title = Niet deze code
rec-code-wrong = Wacht op de volgende.

err-too-many-tries = Er waren een paar foute pogingen bij dit account, dus de volgende moet wachten.
  .title = Een ogenblik
rec-too-many-tries = Probeer het opnieuw als de tijd om is. Op een computer waar je je eerder aanmeldde, hoef je niet op pogingen van anderen te wachten.

err-tries-used-up = Er waren honderd foute pogingen bij dit account. Tot iemand het weer opent, komen alleen computers binnen die zich er eerder bij aanmeldden.
  .title = Dicht voor nieuwe computers
rec-tries-used-up = Stel een nieuw wachtwoord in, vraag een beheerder van je domein het te ontgrendelen, of meld je aan op een computer waar je dat eerder deed.

err-address-blocked = Er kwamen te veel foute pogingen van jouw netwerk, dus computers die Polder daar niet kent, moeten wachten.
  .title = Je netwerk moet wachten
rec-address-blocked = Probeer het opnieuw als de tijd om is, of gebruik een ander netwerk.

err-logins-off = Aanmelden staat nu uit. Wat je bewaarde, is veilig.
  .title = Aanmelden staat uit
rec-logins-off = Probeer het later opnieuw. Een beheerder van je domein weet meer.

err-recovery-code-wrong = Die herstelcode klopt niet, of is al gebruikt.
  .title = Deze code niet
rec-recovery-code-wrong = Controleer hem letter voor letter, of gebruik een andere.

err-second-step-required = Je domein vraagt om een tweede stap, dus hij blijft aan.
  .title = Hij blijft aan
rec-second-step-required = Je kunt wel een andere authenticator gebruiken.

err-second-step-absent = Er is hier geen tweede stap om te veranderen.
  .title = Geen tweede stap
rec-second-step-absent = Zet hem eerst aan.

err-sign-in-over = Het aanmelden duurde te lang of had te veel foute codes en is gestopt.
  .title = Begin opnieuw
rec-sign-in-over = Typ je e-mailadres en wachtwoord nog een keer.

err-access-expired = Je sessie moet worden vernieuwd.
  .title = Je sessie staat stil
rec-access-expired = Probeer het opnieuw. Helpt dat niet, meld je dan opnieuw aan.

err-session-over = Je bent afgemeld. Dat gebeurde hier of op een andere computer, of Polder bleef te lang ongebruikt.
  .title = Je bent afgemeld
rec-session-over = Meld je opnieuw aan om verder te gaan.

err-session-locked = Polder is vergrendeld.
  .title = Vergrendeld
rec-session-locked = Typ je wachtwoord om verder te gaan.

err-fresh-sign-in-needed = Hiervoor moet je je kort geleden hebben aangemeld.
  .title = Nog niet gedaan
rec-fresh-sign-in-needed = Probeer het opnieuw en typ je wachtwoord als erom wordt gevraagd.

err-password-wrong = Dat is niet je wachtwoord.
  .title = Niet dit wachtwoord
rec-password-wrong = Controleer het en probeer het opnieuw. Na vijf verkeerde meld je je opnieuw aan.

err-code-needed = Er is ook een code van je authenticator nodig.
  .title = Ook een code
rec-code-needed = Typ je wachtwoord en de zes cijfers die hij nu toont.

err-proof-needed = Het platform wil zeker weten dat deze computer het vraagt.
  .title = Nog een keer
rec-proof-needed = Probeer het opnieuw.

err-proof-wrong = Het platform kon niet zien dat deze computer het vraagt. Er is niets gewijzigd.
  .title = Deze computer werd niet herkend
rec-proof-wrong = Meld je opnieuw aan. Gebeurt het weer, geef IT dan de code.

err-enrolment-not-open = Je tweede stap staat al aan, of dit instellen is voorbij.
  .title = Niets in te stellen
rec-enrolment-not-open = Meld je opnieuw aan.

err-password-code-wrong = Deze code telt niet: er is een typfout, ze is al gebruikt, of haar tijd is om.
  .title = Niet deze code
rec-password-code-wrong = Vergelijk haar met de brief. Helpt dat niet, vraag dan een nieuwe code.

err-password-too-short = Een nieuw wachtwoord heeft minstens { $minimum } tekens, en hoogstens 128.
  .title = Niet deze lengte
rec-password-too-short = Voeg woorden toe, of laat er weg.

err-password-common = Veel mensen gebruiken dit wachtwoord, dus wordt het als eerste geprobeerd.
  .title = Een veelgebruikt wachtwoord
rec-password-common = Kies een ander, bijvoorbeeld een paar woorden die niet bij elkaar horen.

err-password-weak = Dit wachtwoord is makkelijk te raden.
  .title = Makkelijk te raden
rec-password-weak = Voeg een of twee woorden toe, zonder namen en datums die bij jou horen.

err-old-password-wrong = Het wachtwoord tot nu toe is een ander. Er is niets gewijzigd.
  .title = Niet dit wachtwoord
rec-old-password-wrong = Controleer het en probeer het opnieuw.

err-email-taken = Er is al een account met dit e-mailadres.
  .title = E-mailadres in gebruik
rec-email-taken = Gebruik een ander e-mailadres. Is iemand het wachtwoord vergeten, dan kan die bij het aanmelden een code vragen.

err-not-allowed = Met jouw rol kan dit niet. Er is niets gewijzigd.
  .title = Niet met jouw rol
rec-not-allowed = Vraag het een beheerder van je domein.

err-not-found = Dit bestaat niet, of het is niet met je gedeeld.
  .title = Niet gevonden
rec-not-found = Ga terug naar je projecten. Heeft iemand het je beloofd, vraag dan om het te delen.

err-method-not-allowed = Zo doet het platform dit niet. Er is niets gewijzigd.
  .title = Polder werd niet begrepen
rec-method-not-allowed = Geef IT de code.

err-too-large = Dit is groter dan het platform aanneemt. Er is niets doorgestuurd.
  .title = Te groot
rec-too-large = Maak het kleiner en probeer het opnieuw.

err-not-json = Het platform kon niet lezen wat Polder vroeg. Er is niets gewijzigd.
  .title = Polder werd niet begrepen
rec-not-json = Geef IT de code.

err-client-outdated = Deze versie van Polder is te oud voor het platform.
  .title = Er is een nieuwere Polder
rec-client-outdated = Start Polder opnieuw; de nieuwste versie haalt het zelf op.

err-internal = Er ging iets stuk op het platform. Wat je net deed is misschien niet bewaard; wat al bewaard was, is veilig.
  .title = Er ging iets stuk op het platform
rec-internal = Probeer het over een minuut opnieuw. Gebeurt het weer, geef IT dan de code.
err-internal-gate = Er ging iets stuk op het platform. Polder kan niet zien of dit de nieuwste versie is en blijft dicht.
  .title = Het platform ging stuk
rec-internal-gate = Probeer het over een minuut opnieuw.

err-busy = Er wordt te veel tegelijk gevraagd.
  .title = Het platform is druk
rec-busy = { $seconds ->
    [0] Wacht even en probeer het opnieuw.
    [one] Wacht { $seconds } seconde en probeer het opnieuw.
   *[other] Wacht { $seconds } seconden en probeer het opnieuw.
  }
err-busy-gate = Het platform is druk en kon niet zeggen of dit de nieuwste versie is. Polder blijft dicht.
  .title = Het platform is druk
rec-busy-gate = Wacht even en probeer het opnieuw.

err-offline = Er is geen verbinding met { $host }. Er is niets verloren.
  .title = Geen verbinding
rec-offline = Controleer je netwerk en probeer het opnieuw.
err-offline-gate = Polder kan niet zien of dit de nieuwste versie is en blijft daarom dicht.
  .title = Geen verbinding
rec-offline-gate = Controleer je netwerk en probeer het opnieuw.

err-unreachable = Niemand antwoordt op { $host }. Er is niets verloren.
  .title = Niemand antwoordt
rec-unreachable = Probeer het over een minuut opnieuw. Blijft het zo, vraag IT dan of het platform aan staat.
err-unreachable-gate = Niemand antwoordt op { $host }. Polder kan niet zien of dit de nieuwste versie is en blijft dicht.
  .title = Niemand antwoordt
rec-unreachable-gate = Probeer het over een minuut opnieuw. Blijft het zo, vraag het IT.

err-timed-out = { $host } antwoordde niet op tijd. Er is niets verloren.
  .title = Geen antwoord op tijd
rec-timed-out = Controleer je netwerk en probeer het opnieuw.
err-timed-out-gate = { $host } antwoordde niet op tijd. Polder kan niet zien of dit de nieuwste versie is en blijft dicht.
  .title = Geen antwoord op tijd
rec-timed-out-gate = Controleer je netwerk en probeer het opnieuw.

err-pin-mismatch = Wat antwoordde in plaats van { $host } is niet het platform dat Polder kent en kon meelezen. Polder is meteen gestopt. Er is niets verstuurd.
  .title = Er zit iets tussen
rec-pin-mismatch = Gebruik een ander netwerk, bijvoorbeeld dat van je telefoon. Vraag op je werk IT om Polder door te laten.

err-unknown-issuer = { $issuer ->
    [none] Een netwerkapparaat antwoordde in plaats van { $host } en kon meelezen. Polder is meteen gestopt. Er is niets verstuurd.
   *[other] ‘{ $issuer }’, een netwerkapparaat, antwoordde in plaats van { $host } en kon meelezen. Polder is meteen gestopt. Er is niets verstuurd.
  }
  .title = Er zit iets tussen
rec-unknown-issuer = Gebruik een ander netwerk, bijvoorbeeld dat van je telefoon. Vraag op je werk IT om Polders verbinding met { $host } niet open te maken.

err-certificate-time = { $host } liet een bewijs zien dat verlopen is, of de klok van deze computer klopt niet. Er is niets verstuurd.
  .title = Verlopen
rec-certificate-time = Controleer datum en tijd van deze computer en probeer het opnieuw. Kloppen ze, zeg het dan tegen IT.

err-certificate-name = Wat antwoordde in plaats van { $host } heeft een andere naam. Polder is meteen gestopt. Er is niets verstuurd.
  .title = Iemand anders antwoordde
rec-certificate-name = Gebruik een ander netwerk, bijvoorbeeld dat van je telefoon. Vraag op je werk IT om Polder door te laten.

err-certificate-invalid = { $host } kon niet bewijzen dat het het platform is. Polder is meteen gestopt. Er is niets verstuurd.
  .title = Geen bewijs wie er antwoordt
rec-certificate-invalid = Gebruik een ander netwerk. Blijft het zo, geef IT dan de gegevens.

err-not-secure = Wat antwoordde in plaats van { $host } biedt geen verbinding die veilig genoeg is. Er is niets verstuurd.
  .title = Geen veilige verbinding
rec-not-secure = Gebruik een ander netwerk, bijvoorbeeld dat van je telefoon. Vraag op je werk IT om Polder door te laten.

err-answer-broken = Het antwoord van { $host } kwam beschadigd of afgebroken binnen. Polder gebruikt het niet. Er is niets verloren.
  .title = Een beschadigd antwoord
rec-answer-broken = Probeer het opnieuw. Gebeurt het weer, geef IT dan de code.
err-answer-broken-gate = Het antwoord van { $host } kwam beschadigd of afgebroken binnen. Polder gebruikt het niet en blijft dicht.
  .title = Een beschadigd antwoord
rec-answer-broken-gate = Probeer het opnieuw. Blijft het zo, gebruik dan een ander netwerk.

err-proxy-unreachable = De proxy van je netwerk antwoordt niet, dus Polder kan { $host } niet bereiken.
  .title = De proxy antwoordt niet
rec-proxy-unreachable = Controleer de proxy in de netwerkinstellingen en probeer het opnieuw. IT weet de naam.

err-proxy-sign-in = De proxy van je netwerk vraagt om een gebruikersnaam en wachtwoord, of neemt die van jou niet aan.
  .title = De proxy vraagt wie je bent
rec-proxy-sign-in = Vul ze in bij de netwerkinstellingen. IT weet ze.

err-proxy-ntlm = De proxy van je netwerk vraagt om een Windows-aanmelding (NTLM), en die kan Polder niet geven.
  .title = De proxy vraagt om een Windows-aanmelding
rec-proxy-ntlm = Vraag IT om Polder zonder die aanmelding door te laten, of gebruik een ander netwerk.

err-proxy-negotiate = De proxy van je netwerk vraagt om de centrale aanmelding van je organisatie (Kerberos), en die kan Polder niet geven.
  .title = De proxy vraagt om de centrale aanmelding
rec-proxy-negotiate = Vraag IT om Polder zonder die aanmelding door te laten, of gebruik een ander netwerk.

err-proxy-refused = De proxy van je netwerk laat Polder niet door naar { $host }.
  .title = De proxy laat Polder niet door
rec-proxy-refused = Vraag IT om Polder door te laten naar { $host }, of gebruik een ander netwerk.

err-proxy-pac = Deze computer vindt zijn proxy met een script (PAC), en dat leest Polder nog niet.
  .title = De proxy komt uit een script
rec-proxy-pac = Stel de proxy met de hand in bij de netwerkinstellingen. IT weet de naam.

err-metadata-expired = De ondertekende versielijst is verlopen, dus Polder vraagt het platform niets meer. Er is niets verloren.
  .title = Polder moet opnieuw controleren
rec-metadata-expired = Herstart Polder als je klaar bent; het controleert dan opnieuw.
err-metadata-expired-gate = De ondertekende versielijst is verlopen. Niemand kan zien of dit de nieuwste is; Polder blijft dicht.
  .title = De lijst is verlopen
rec-metadata-expired-gate = Controleer datum en tijd van deze computer en probeer het opnieuw. Kloppen ze, zeg het dan tegen IT.

err-metadata-invalid = De versielijst is niet ondertekend zoals het hoort. Polder vertrouwt die niet en blijft dicht.
  .title = De lijst is niet goed ondertekend
rec-metadata-invalid = Probeer een ander netwerk. Blijft het zo, geef IT dan de gegevens.

err-metadata-rolled-back = De versielijst is ouder dan een die Polder al zag. Polder vertrouwt die niet en blijft dicht.
  .title = Er kwam een oudere lijst terug
rec-metadata-rolled-back = Probeer een ander netwerk. Blijft het zo, geef IT dan de gegevens.

err-clock-wrong = { $clock ->
    [slow] De klok van deze computer loopt { $off } achter.
    [fast] De klok van deze computer loopt { $off } voor.
   *[unknown] De klok van deze computer is zo fout dat Polder niet kan zien wat actueel is.
  }
  .title = De klok klopt niet
rec-clock-wrong = { $clock ->
    [unknown] Zet datum en tijd van deze computer goed en probeer het opnieuw.
   *[other] Zet hem op { $time } en probeer het opnieuw.
  }

err-store-unwritable = Polder kan niet schrijven in zijn eigen map en dus niet onthouden wat is gecontroleerd. Het blijft dicht.
  .title = De map is niet te schrijven
rec-store-unwritable = Vraag IT of je in de map van Polder mag schrijven. De plek staat in de gegevens.

err-disk-full = De schijf is vol, dus Polder kan niet onthouden wat is gecontroleerd. Het blijft dicht.
  .title = De schijf is vol
rec-disk-full = Maak ruimte vrij en probeer het opnieuw. Wat al binnen is, blijft bewaard.

err-outdated = { $newest ->
    [none] Dit is versie { $version } en er is een nieuwere. Polder blijft dicht tot die er staat.
   *[other] Versie { $newest } is de nieuwste; dit is { $version }. Polder blijft dicht tot de nieuwste er staat.
  }
  .title = Er is een nieuwere Polder
rec-outdated = { $newest ->
    [none] Installeer de nieuwste versie en start Polder opnieuw. IT kan helpen.
   *[other] Installeer versie { $newest } en start Polder opnieuw. IT kan helpen.
  }

err-altered = Dit programma is niet wat als versie { $version } is uitgebracht. Polder blijft dicht.
  .title = Dit programma is veranderd
rec-altered = Installeer Polder opnieuw vanwaar IT het bewaart. Blijft het zo, geef IT dan de gegevens.

err-revoked = Versie { $version } is ingetrokken en mag niet draaien. Polder blijft dicht.
  .title = Deze versie is ingetrokken
rec-revoked = Installeer de nieuwste versie en start Polder opnieuw.

err-no-release = Er is nog geen Polder voor dit soort computer. Het blijft dicht.
  .title = Niet voor deze computer
rec-no-release = Vraag IT op welke computers Polder draait.

err-no-deployment = Deze Polder is gemaakt zonder platform om mee te praten. Het blijft dicht.
  .title = Geen platform
rec-no-deployment = Installeer de Polder die je organisatie uitgeeft.

err-update-interrupted = De nieuwe versie kwam afgebroken binnen. Wat al binnen is, blijft bewaard en er is niets gewijzigd.
  .title = De verbinding brak af
rec-update-interrupted = Polder gaat zo vanzelf verder. Blijft het zo, gebruik dan een ander netwerk.

err-no-room = { $room ->
    [known] De nieuwe versie heeft { $needed } nodig en er is { $free } vrij. Wat al binnen is, blijft bewaard.
   *[unknown] De nieuwe versie past niet op de schijf, of niet op jouw deel ervan. Wat al binnen is, blijft bewaard.
  }
  .title = Te weinig ruimte
rec-no-room = { $room ->
    [known] Maak { $short } vrij en probeer het opnieuw.
   *[unknown] Maak ruimte vrij en probeer het opnieuw.
  }

err-folder-cannot-hold-programs = In jouw map op deze computer mogen geen programma’s staan, dus Polder kan de nieuwe versie er niet neerzetten. Er is niets opgehaald.
  .title = IT moet deze versie installeren
rec-folder-cannot-hold-programs = Geef dit aan IT en start Polder daarna opnieuw:

err-release-does-not-start = { $newest ->
    [none] De nieuwste versie startte niet op deze computer. Polder ging terug naar versie { $version }, die misschien niet meer mag draaien.
   *[other] Versie { $newest } startte niet op deze computer. Polder ging terug naar versie { $version }, die misschien niet meer mag draaien.
  }
  .title = De nieuwe versie start hier niet
rec-release-does-not-start = Geef IT de code hieronder. Polder neemt de volgende versie zodra die er is; je projecten staan veilig op het platform.

err-update-busy = Een andere Polder op deze computer zet de nieuwe versie klaar.
  .title = De nieuwe versie komt eraan
rec-update-busy = Wacht even. Polder gaat vanzelf verder.

err-update-file-foreign = Dit bestand is geen update van de Polder van je organisatie. Er is niets gewijzigd.
  .title = Niet jouw Polder
rec-update-file-foreign = Vraag IT om het updatebestand van { $host }, of probeer het opnieuw zonder bestand.

err-update-file-old = Dit bestand is ouder dan wat Polder al weet, of zijn tijd is voorbij. Er is niets gewijzigd.
  .title = Dit bestand is te oud
rec-update-file-old = Vraag IT om een nieuwer, of probeer het opnieuw zonder bestand.

err-update-file-damaged = Dit is geen updatebestand, of er ontbreekt een deel. Er is niets gewijzigd.
  .title = Dit bestand is niet te gebruiken
rec-update-file-damaged = Haal het bestand nog een keer op, of probeer het opnieuw zonder bestand.

err-update-file-unreadable = Dit is niets wat Polder als bestand kan lezen. Er is niets gewijzigd.
  .title = Dit kan niet worden gelezen
rec-update-file-unreadable = Kopieer het updatebestand naar deze computer en kies het daar, of probeer het opnieuw zonder bestand.

err-translocated = macOS draait Polder vanaf een plek waar hij niet kan worden bijgewerkt, omdat hij nog niet naar Apps is verplaatst. Er is niets opgehaald.
  .title = Verplaats Polder naar Apps
rec-translocated = Sluit Polder, sleep hem in de Finder naar de map Apps en start hem daar.

err-file-held = Een ander programma houdt een bestand van de nieuwe versie vast, misschien een virusscanner die ernaar kijkt. Er is niets gewijzigd.
  .title = Een bestand is in gebruik
rec-file-held = Wacht even en probeer het opnieuw. Blijft dit zo, geef IT dan de gegevens.

err-release-does-not-hold = De nieuwe versie is niet ondertekend zoals het hoort. Polder heeft die niet gestart en blijft dicht.
  .title = De nieuwe versie is niet goed ondertekend
rec-release-does-not-hold = Probeer een ander netwerk. Blijft het zo, geef IT dan de gegevens.

err-no-slots = Er is een nieuwere Polder, maar deze is zo gestart dat hij die niet kan neerzetten. Hij blijft dicht.
  .title = Niet zoals gewoonlijk gestart
rec-no-slots = Start Polder vanuit het menu van deze computer. Blijft het zo, installeer hem dan opnieuw vanwaar IT hem bewaart.

err-update-not-offered = { $newest ->
    [none] Er is een nieuwere versie, maar die is bij { $host } niet op te halen. Polder blijft dicht tot die er staat.
   *[other] Versie { $newest } is de nieuwste, maar die is bij { $host } niet op te halen. Polder blijft dicht tot die er staat.
  }
  .title = Er is een nieuwere Polder
rec-update-not-offered = Vraag IT om een updatebestand, of om de nieuwste versie te installeren.

err-nothing-newer = Dit bestand brengt niets nieuwers dan versie { $version }. Er is niets gewijzigd.
  .title = Niets nieuws in dit bestand
rec-nothing-newer = Vraag IT om een nieuwer, of probeer het opnieuw zonder bestand.

err-keychain-absent = Deze computer heeft geen afgesloten plek voor je aanmelding. Je blijft aangemeld tot je afsluit.
  .title = Je blijft aangemeld tot je afsluit
rec-keychain-absent = Start GNOME Keyring of KWallet om onthouden te worden.

err-keychain-locked = De afgesloten plek voor je aanmelding bleef op slot. Je blijft aangemeld tot je afsluit; er is niets gewist.
  .title = Je sleutelbos is op slot
rec-keychain-locked = Ontgrendel hem en meld je opnieuw aan om onthouden te worden.

err-keychain-timed-out = De afgesloten plek voor je aanmelding antwoordde niet op tijd. Je blijft aangemeld tot je afsluit; er is niets gewist.
  .title = Je sleutelbos antwoordde niet
rec-keychain-timed-out = Kijk of hij op je wachtwoord wacht en meld je opnieuw aan om onthouden te worden.

err-keychain-damaged = Wat op de afgesloten plek voor je aanmelding staat, is niet wat Polder daar neerzette.
  .title = Je aanmelding was niet te lezen
rec-keychain-damaged = Meld je opnieuw aan; dan komt het goed.

err-keychain-failed = De afgesloten plek voor je aanmelding was niet te gebruiken. Je blijft aangemeld tot je afsluit.
  .title = Je sleutelbos werkte niet
rec-keychain-failed = Meld je opnieuw aan om het nog eens te proberen. Blijft het zo, geef IT dan de code.

err-keychain-absent-door = Deze computer heeft geen afgesloten plek voor je aanmelding; je meldt je bij elke start aan.
  .title = Niet onthouden
rec-keychain-absent-door = Start GNOME Keyring of KWallet om onthouden te worden.
err-keychain-locked-door = De afgesloten plek voor je aanmelding is op slot, dus Polder kon hem niet lezen. Er is niets gewist.
  .title = Je sleutelbos is op slot
rec-keychain-locked-door = Ontgrendel hem en start Polder opnieuw, of meld je hier aan.
err-keychain-timed-out-door = De afgesloten plek voor je aanmelding antwoordde niet op tijd. Er is niets gewist.
  .title = Je sleutelbos antwoordde niet
rec-keychain-timed-out-door = Kijk of hij op je wachtwoord wacht en start Polder opnieuw, of meld je hier aan.
err-keychain-failed-door = De afgesloten plek voor je aanmelding was niet te gebruiken.
  .title = Je sleutelbos werkte niet
rec-keychain-failed-door = Meld je hier aan. Blijft het zo, geef IT dan de code.

err-unexpected = Er ging iets mis in Polder zelf. Wat bewaard was, is veilig.
  .title = Er ging iets mis
rec-unexpected = Probeer het opnieuw. Gebeurt het weer, geef IT dan de code.
err-unexpected-gate = Er ging iets mis in Polder zelf, daarom blijft het dicht.
  .title = Er ging iets mis
rec-unexpected-gate = Probeer het opnieuw. Gebeurt het weer, geef IT dan de gegevens.

## At the door: other ways in, waiting, and what time it is
wait-left = Volgende poging over { $time }
wait-over = Je kunt het nu opnieuw proberen.
wait-off = De tijd is nog niet om.
clocks-title = Vergelijk de klokken
clocks-platform = Die van het platform
clocks-here = Die van deze computer
clocks-same = Deze twee zijn gelijk. Staat de klok van je telefoon goed? De codes volgen hem.
clocks-differ = De klok van deze computer loopt { $off } { $way ->
    [fast] voor
   *[slow] achter
  }. Komen je codes van deze computer, laat zijn klok dan vanzelf gelijkzetten.
clocks-phone = De klok van je authenticator loopt { $off } { $way ->
    [fast] voor
   *[slow] achter
  }. Laat zijn tijd vanzelf gelijkzetten en typ dan de volgende code.
code-other = Ik kan mijn app niet gebruiken
sign-in-forgotten = Wachtwoord vergeten?
sign-in-have-code = Ik heb een code
