### De tweede stap naast de zes cijfers: herstelcodes, klokken, wachten.

## Wachten op de volgende poging

## Klokken die verkeerd kunnen staan

## De andere weg van het codescherm
recover-title = Typ een herstelcode
recover-lead = Je kreeg er tien toen je je tweede stap toevoegde. Elke werkt één keer.
recover-label = Herstelcode
recover-help = Hoofdletters, spaties en streepjes maken niet uit.
recover-none-title = Ook geen herstelcodes?
recover-none = Vraag een beheerder van je domein hoe je verder kunt. Voor je veiligheid kan deze stap niet worden overgeslagen.
recover-empty = Typ alle zestien letters en cijfers.
recover-back = Toch mijn app gebruiken

## Herstelcodes, één keer getoond
recovery-title = Bewaar je herstelcodes
recovery-lead = Met een van deze kun je je aanmelden als je telefoon er niet is. Ze staan alleen hier en nu.
recovery-list = Herstelcodes
recovery-keep = Druk ze af of bewaar ze in je wachtwoordkluis. Niet alleen op deze computer, en niet bij je wachtwoord.
recovery-print = Afdrukken
recovery-copy = Alles kopiëren
recovery-copied = Gekopieerd. Plak ze waar je ze bewaart; het klembord van deze computer vergeet ze snel.
recovery-kept = Ik heb ze bewaard
recovery-continue = Verder
recovery-sheet = Herstelcodes van Polder
recovery-sheet-whose = { $email }, { $domain }
recovery-sheet-made = Gemaakt op { $day }. Elke werkt één keer.

## Aangemeld met een herstelcode
recovered-title = { $left ->
    [0] Dat was je laatste herstelcode
    [one] Je hebt nog { $left } herstelcode
   *[other] Je hebt nog { $left } herstelcodes
  }
recovered-lead = De code die je gebruikte, werkt niet meer. We hebben het je gemaild, zodat je het weet als het iemand anders was.
recovered-advice = Is je telefoon weg? Zet er onder Mijn account een andere authenticator voor in de plaats en maak nieuwe herstelcodes.

## Mijn account: tweede stap
second-step-title = Tweede stap
second-step-on = Aan sinds { $day }.
second-step-off = Uit. Je wachtwoord alleen is genoeg.
second-step-required = { $domain } vraagt erom, dus hij kan niet uit.
second-step-left = { $left ->
    [0] Er zijn geen herstelcodes over. Maak nieuwe.
    [one] Er is nog { $left } herstelcode.
   *[other] Er zijn nog { $left } herstelcodes.
  }
second-step-add = Aanzetten
second-step-replace = Een andere authenticator gebruiken
second-step-renew = Nieuwe herstelcodes maken
second-step-remove = Uitzetten
second-step-remove-ask = Je tweede stap uitzetten?
second-step-remove-what = Vanaf dan is je wachtwoord alleen genoeg en werken je herstelcodes niet meer.
second-step-keep = Aan laten
second-step-renew-ask = Nieuwe herstelcodes maken?
second-step-renew-what = De codes die je hebt, werken vanaf dan niet meer.
second-step-cancel = Annuleren
second-step-scan = Scan dit met de authenticator die je voortaan wilt gebruiken en typ de zes cijfers die hij toont.
second-step-replaced = Je tweede stap staat aan.
second-step-removed = Je tweede stap staat uit.
second-step-loading = Je tweede stap wordt opgezocht

err-second-step-absent = Er is hier geen tweede stap om te veranderen.
  .title = Geen tweede stap
rec-second-step-absent = Zet hem eerst aan.

err-second-step-required = Je domein vraagt om een tweede stap, dus hij blijft aan.
  .title = Hij blijft aan
rec-second-step-required = Je kunt wel een andere authenticator gebruiken.
