## Een wachtwoord vergeten en kiezen
password-back = Terug naar aanmelden

forgotten-title = Een nieuw wachtwoord
forgotten-lead = Polder stuurt een brief met een code naar je mailadres. Daarmee kies je een nieuw wachtwoord.
forgotten-send = Stuur een code
forgotten-sent = Als er een account is voor { $email }, is een brief met een code onderweg.
forgotten-sent-remedy = Dat kan een paar minuten duren. De code werkt een uur. Niets gekomen? Kijk ook bij de ongewenste mail.
forgotten-again = Stuur nog een code

letter-code-title = Typ je code
letter-code-lead = Die staat in de brief van Polder: vier groepjes van vijf.
letter-code-label = Code uit de brief
letter-code-help = Hoofdletters, spaties en streepjes maken niet uit. Plakken mag ook.
letter-code-needed = Typ de code uit de brief.
letter-code-none = Ik heb geen code

new-password-title = Kies een wachtwoord
new-password-lead = Voor { $email }, in { $domain }.
new-password-set = Wachtwoord instellen

change-password-title = Wachtwoord
change-password-old = Wachtwoord tot nu toe
change-password-code-help = Je bent al een tijdje aangemeld: typ ook de zes cijfers die je authenticator nu toont.
change-password-set = Wachtwoord wijzigen
change-password-done = Je wachtwoord is gewijzigd. Op alle andere plaatsen ben je afgemeld.

## Tijdens het typen
password-new = Nieuw wachtwoord
password-minimum = Minstens { $minimum } tekens, welke je maar wilt. Een paar woorden die niet bij elkaar horen zijn sterk en goed te onthouden.
password-strength = Hoe moeilijk het te raden is
password-score-0 = Meteen geraden
password-score-1 = Makkelijk te raden
password-score-2 = Te raden
password-score-3 = Moeilijk te raden
password-score-4 = Heel moeilijk te raden
password-missing = { $count ->
    [one] nog één teken
   *[other] nog { $count } tekens
  }
password-hint-keyboard-rows = Toetsen die naast elkaar liggen zijn makkelijk te raden.
password-hint-repeats = Steeds hetzelfde is makkelijk te raden.
password-hint-common = Veel mensen gebruiken dit.
password-hint-like-common = Veel mensen gebruiken er een die hierop lijkt.
password-hint-sequences = Reeksen als abc of 6543 zijn makkelijk te raden.
password-hint-dates = Jaren en datums zijn makkelijk te raden.
password-hint-one-word = Eén los woord is makkelijk te raden.
password-hint-names = Namen zijn makkelijk te raden, die van jezelf het eerst.
password-hint-few-words = Gebruik een paar woorden die niet bij elkaar horen.
password-hint-more-words = Voeg een of twee woorden toe. Zeldzame zijn beter.
password-hint-capitals = Hoofdletters maken weinig uit.
password-hint-reversed = Een woord omdraaien maakt weinig uit.
password-hint-substitutions = Een @ in plaats van een a maakt weinig uit.
