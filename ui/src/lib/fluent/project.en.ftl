## A project: layers
project-layers-hide = Hide the layers
project-layers-show = Show the layers
project-layers-size = Width of the layers
project-pixels = { $count ->
    [one] { $count } pixel
   *[other] { $count } pixels
  }
project-opacity = Opacity
project-opacity-of = Opacity of { $layer }
project-layer-zoom = Zoom to it
project-layer-table = In the table

## A project: the map
project-map-key-next = next feature
project-map-key-end = let go, then Tab leaves the map
project-map-key-move = move
project-map-key-zoom = zoom
project-map-key-all = show all
project-map-said = { $title }, { $layer }. { $at } of { $all } in view.
project-place-pointer = Where the pointer is
project-place-centre = Middle of the map

## A project: the table
project-table-size = Height of the table
project-table-failed = This layer could not come in.
project-table-hidden = All classes of this layer are hidden.
project-table-show-all = Show all rows
