### Locked; showing again who one is; maintenance.

frame-account = My account
frame-lock = Lock now

lock-title = Locked
lock-lead = Type your password to go on.
lock-unlock = Unlock
lock-busy = Unlocking…
lock-leave = Sign out instead

proof-code-help = The six digits that your authenticator shows now.
fresh-title = Is it you?
fresh-lead = { $code ->
    [true] This is sensitive, and you signed in a while ago. Type your password and a code; then it goes on.
   *[other] This is sensitive, and you signed in a while ago. Type your password; then it goes on.
  }
fresh-back = Not now
fresh-go = Go on

maintenance = Polder will be away for maintenance: { $day }, { $from } to { $until }. Save what you are doing before that.
