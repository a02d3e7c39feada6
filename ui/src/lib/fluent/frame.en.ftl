### The frame around every screen: header, person's menu, palette.

frame-screens = Screens
frame-person = { $name }: settings, sign out
frame-role = { $role }, { $domain }
frame-settings = Settings
frame-people = People
frame-about = About Polder
shortcut-panel-back = Previous panel

palette-title = Go to a project or setting
palette-found = Found
palette-none = Nothing here begins so. Try fewer letters.
palette-count = { $count ->
    [one] { $count } found
   *[other] { $count } found
  }
palette-project = Project
palette-screen = Screen
palette-setting = Setting
palette-action = Do
palette-settings-page = Settings: { $page }
palette-theme-system = Look: as this computer is set
palette-theme-light = Look: light
palette-theme-dark = Look: dark
palette-language = Language: { $language }

## The next version
update-title = Updates
update-restart = Restart now
update-ready = { $version ->
    [none] A newer version is ready. It starts next time.
   *[other] Version { $version } is ready. It starts next time.
  }
update-over = { $version ->
    [none] This version’s time is over. Restart when you are ready.
   *[other] Version { $version } takes over from this one. Restart when you are ready.
  }

# This version's time is over while somebody works with it.
over-platform-title = There is a newer Polder
over-platform = { $version ->
    [none] The platform takes nothing from this version any more. What was saved is safe.
   *[other] Version { $version } is out, and the platform takes nothing from this one any more. What was saved is safe.
  }
over-list-title = Polder has to check again
over-list = { $version ->
    [none] The signed list of versions is out of date, so nobody can tell whether this is the newest Polder. What was saved is safe.
   *[other] The signed list of versions is out of date, and version { $version } is newer. What was saved is safe.
  }
over-finish = Finish what you are doing, then restart. Polder comes back by itself, checked and in the newest version.
over-restart = Restart Polder: it comes back by itself, checked and in the newest version.
over-later = Finish first
over-not-now = Not now

## What is new
news-title = New in version { $version }

## The pages of the settings, also by their names in the palette
settings-appearance = Appearance
settings-keyboard = Keyboard
settings-network = Network
settings-about = About
