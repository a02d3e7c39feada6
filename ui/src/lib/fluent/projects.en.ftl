## The list of projects
projects-whose = Whose projects
projects-share-all = All
projects-share-yours = Yours
projects-share-shared = Shared with you
projects-filter = Filter by name
projects-sort = Sort by
projects-by-changed = Last changed
projects-by-name = Name
projects-by-size = Size
projects-by-owner = Owner
projects-by-right = Your right
projects-by-version = Version
projects-view = Look at them as
projects-view-cards = Cards
projects-view-list = List
projects-pinned = Pinned
projects-rest = All projects
projects-pin = Pin { $name }
projects-pin-on = Pin to the top
projects-pin-off = Take off the top
projects-who-when = { $name }, { $when }
projects-stale = This is the list as it was; it may have changed since.
projects-none = No project's name has “{ $text }”
projects-none-hint = { $count ->
    [one] You have { $shown } project.
   *[other] You have { $shown } projects.
  }
projects-none-all = Nothing to show
projects-none-yours = You have no projects of your own yet
projects-none-shared = Nobody shares a project with you yet
projects-show-all = Show all projects
## Once, for somebody who is new on this computer
welcome-title = Welcome, { $name }
welcome-projects = This list holds the projects in { $domain } that you may open. Its manager decides which those are.
welcome-palette = Go to any project or setting
welcome-keys = See everything that keys do
welcome-settings = Choose your language, light or dark in the settings
welcome-appearance = Open settings
welcome-done = Got it
