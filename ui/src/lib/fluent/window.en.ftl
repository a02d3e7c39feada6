### The window itself. The first two are said without a page, by the program: one line each, nothing to fill in.

window-empty = The window of Polder stays empty, probably because of this computer's graphics driver. Close Polder and start it again: it then draws its window in a simpler way.
window-empty-for-good = The window of Polder stays empty, and every simpler way of drawing it was tried. Ask whoever looks after this computer to update its graphics driver and WebKitGTK, then start Polder again. Your work is safe: it lies on the platform.

simpler-drawing = Polder's window stayed empty at an earlier start, so it is now drawn in a simpler way. Large maps may move less smoothly; everything else works as before.
simpler-drawing-title = How the window is drawn
