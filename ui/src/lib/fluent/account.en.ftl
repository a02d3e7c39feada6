### My account. Read when it is first looked at.

account-title = My account
account-lead = { $name }, { $email }

devices-title = Devices
devices-lead = Where you are signed in. A device that you do not know: sign it out, then change your password.
devices-this = This device
devices-locked = Locked
devices-unnamed = A device
devices-used = last used { $when }
devices-since = signed in { $when }
devices-end = Sign out
devices-end-named = Sign out { $name }
devices-end-all = Sign out all other devices
devices-ended-one = { $name } was signed out.
devices-ended = { $count ->
    [one] One device was signed out.
   *[other] { $count } devices were signed out.
  }
devices-stays = { $days ->
    [0] Stays signed in until it was not used for { $minutes } minutes.
    [one] Stays signed in until it was not used for a day.
   *[other] Stays signed in until it was not used for { $days } days.
  }
devices-stays-not = Signed in until Polder closes, as you chose when you signed in.
devices-stays-domain = Signed in until Polder closes: your organisation lets no device stay signed in.

locking-title = Lock
locking-lead = A locked Polder shows nothing and gives nothing before you typed your password, also after a restart.
locking-idle = When you are away
locking-idle-note = { $minutes ->
    [0] After so long without a key or the mouse.
    [one] After so long without a key or the mouse. Your organisation asks for a minute at most.
   *[other] After so long without a key or the mouse. Your organisation asks for { $minutes } minutes at most.
  }
locking-after = { $minutes ->
    [0] Never
    [one] After a minute
    [60] After an hour
   *[other] After { $minutes } minutes
  }
locking-screen = When the screen locks
locking-screen-note = Where this computer says that it does.
locking-sleep = Before this computer sleeps
locking-sleep-note = Where this computer says that it will.
locking-domain = Your organisation asks for this.
locking-now = Lock now
locking-now-note = What is on the screen goes; what was saved is safe.
locking-now-do = Lock
