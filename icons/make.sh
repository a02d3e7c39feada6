#!/usr/bin/env bash
# Makes the sets from mark.svg (and mark-16.svg, drawn on the pixel grid, for 24 px and less).
# Needs rsvg-convert (librsvg2-bin) and python3.
set -euo pipefail
cd "$(dirname "$0")"
draw() { rsvg-convert --width "$2" --height "$2" --output "$3" "$1"; }
draw mark.svg 32 32x32.png
draw mark.svg 128 128x128.png
draw mark.svg 256 128x128@2x.png
draw mark.svg 512 icon.png
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
for size in 16 24; do draw mark-16.svg $size "$parts/$size.png"; done
for size in 32 48 64 128 256 512 1024; do draw mark.svg $size "$parts/$size.png"; done
python3 - "$parts" <<'PY'
import pathlib, struct, sys
parts = pathlib.Path(sys.argv[1])
png = lambda size: (parts / f"{size}.png").read_bytes()
# ICO: a directory of PNG images; 256 is written as 0.
sizes = [16, 24, 32, 48, 64, 128, 256]
head, body, offset = struct.pack("<HHH", 0, 1, len(sizes)), b"", 6 + 16 * len(sizes)
for size in sizes:
    image = png(size)
    head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(image), offset + len(body))
    body += image
pathlib.Path("icon.ico").write_bytes(head + body)
# ICNS: chunks of type, length with its own eight bytes, PNG image.
kinds = {"icp4": 16, "icp5": 32, "icp6": 64, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024, "ic11": 32, "ic12": 64, "ic13": 256, "ic14": 512}
body = b"".join(kind.encode() + struct.pack(">I", 8 + len(png(size))) + png(size) for kind, size in kinds.items())
pathlib.Path("icon.icns").write_bytes(b"icns" + struct.pack(">I", 8 + len(body)) + body)
PY
