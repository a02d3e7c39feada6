## Een project: kaartlagen
project-layers-hide = De kaartlagen verbergen
project-layers-show = De kaartlagen tonen
project-layers-size = Breedte van de kaartlagen
project-pixels = { $count ->
    [one] { $count } pixel
   *[other] { $count } pixels
  }
project-opacity = Dekking
project-opacity-of = Dekking van { $layer }
project-layer-zoom = Zoom hierop in
project-layer-table = In de tabel

## Een project: de kaart
project-map-key-next = volgend object
project-map-key-end = loslaten; daarna verlaat Tab de kaart
project-map-key-move = verschuiven
project-map-key-zoom = zoomen
project-map-key-all = alles tonen
project-map-said = { $title }, { $layer }. { $at } van { $all } in beeld.
project-place-pointer = Waar de aanwijzer is
project-place-centre = Midden van de kaart

## Een project: de tabel
project-table-size = Hoogte van de tabel
project-table-failed = Deze kaartlaag kon niet binnenkomen.
project-table-hidden = Alle klassen van deze kaartlaag zijn verborgen.
project-table-show-all = Alle rijen tonen
