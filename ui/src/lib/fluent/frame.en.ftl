### The frame around every screen: header, person's menu, palette.

frame-screens = Screens
frame-person = { $name }: settings, sign out
frame-role = { $role }, { $domain }
frame-settings = Settings
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
