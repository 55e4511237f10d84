// Package qr reads QR codes: in pictures, and drawn with characters or cells
// of a table.
//
// # What it trusts
//
// Nothing. A picture says how large it is before it is decoded, and is left
// out where that is too much.
//
// # Security
//
// The library's search for a code takes cubic time in the corners that it
// finds, and cannot be stopped: corners are counted first, by a search of our
// own in linear time, and a picture with none or too many is left out. A panic
// of the library or of a decoder is caught, and costs that picture.
//
// # Standards
//
// ISO/IEC 18004. Pictures are PNG, JPEG, GIF (the first frame), WebP and BMP.
//
// # Bugs
//
// One code of a picture is read. Codes whose colours are equally bright are
// not found.
package qr
