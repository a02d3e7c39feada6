### What each key does, in the list of shortcuts and in the palette. Only keys that work now are listed.

shortcuts-title = Keyboard shortcuts
shortcuts-lead = What works on this screen.
shortcuts-single = Single letters work while the map or a list has the focus. You can turn them off in Settings, Keyboard.
shortcuts-single-off = Single letters are off. You can turn them on in Settings, Keyboard.

group-everywhere = Everywhere
group-projects = Projects
group-project = Project
group-map = Map
group-table = Lists and tables

shortcut-palette = Go to a project or setting
shortcut-help = Keyboard shortcuts
shortcut-panel = Next panel
shortcut-close = Close what is on top
shortcut-filter = Filter
shortcut-refresh = Look again
shortcut-open = Open
shortcut-pin = Pin or unpin
shortcut-rename = Rename
shortcut-trash = Move to trash
shortcut-new = New project
shortcut-save = Save a version
shortcut-table = Table of features
shortcut-layers = Layers
shortcut-versions = Versions
shortcut-select = Select
shortcut-measure = Measure
shortcut-pan = Move the map
shortcut-zoom-in = Zoom in
shortcut-zoom-out = Zoom out
shortcut-zoom-all = Show all
shortcut-feature = Next feature in view
shortcut-move = Next or previous row
shortcut-ends = First or last row
shortcut-choose = Choose a row
shortcut-fold = Fold or unfold a layer
shortcut-hide = Show or hide a layer
shortcut-layer-order = Move a layer up or down
