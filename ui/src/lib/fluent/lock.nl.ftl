### Vergrendeld; nog eens laten zien wie je bent; onderhoud.

frame-account = Mijn account
frame-lock = Nu vergrendelen

lock-title = Vergrendeld
lock-lead = Typ je wachtwoord om verder te gaan.
lock-unlock = Ontgrendelen
lock-busy = Ontgrendelen…
lock-leave = Liever afmelden

proof-code-help = De zes cijfers die je authenticator nu toont.
fresh-title = Ben jij het?
fresh-lead = { $code ->
    [true] Dit is gevoelig, en je meldde je een tijd geleden aan. Typ je wachtwoord en een code; dan gaat het verder.
   *[other] Dit is gevoelig, en je meldde je een tijd geleden aan. Typ je wachtwoord; dan gaat het verder.
  }
fresh-back = Niet nu
fresh-go = Verder

maintenance = Polder is weg voor onderhoud: { $day }, { $from } tot { $until }. Sla eerst op waar je mee bezig bent.
