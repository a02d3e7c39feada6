### Words that parts have of their own.

clear = Clear
sort-by = Sort by { $column }

## Keys that have a name. Those that are missing here are written as they are.
key-space = Space
key-del = Del
