### Het venster zelf. De eerste twee zegt het programma zonder pagina: elk één regel, zonder iets om in te vullen.

window-empty = Het venster van Polder blijft leeg, waarschijnlijk door het grafische stuurprogramma van deze computer. Sluit Polder en start het opnieuw: het tekent zijn venster dan op een eenvoudigere manier.
window-empty-for-good = Het venster van Polder blijft leeg, ook op elke eenvoudigere manier van tekenen. Vraag wie deze computer beheert om het grafische stuurprogramma en WebKitGTK bij te werken, en start Polder daarna opnieuw. Je werk is veilig: het staat op het platform.

simpler-drawing = Het venster van Polder bleef bij een eerdere start leeg en wordt nu op een eenvoudigere manier getekend. Grote kaarten bewegen misschien minder soepel; al het andere werkt als voorheen.
simpler-drawing-title = Hoe het venster wordt getekend
