// Package lookalike finds which protected domain a name was made to resemble,
// and by which trick.
//
// The rules are those that Chromium's lookalike warnings document, with their
// exclusions, and some that mail needs: words of mail scams beside a name, two
// edits in long names, names taken at free hosts. A name that resembles
// several is given with the strongest.
//
// # What it trusts
//
// The list of protected domains. A resemblance is no proof of ill will: below
// MinScore it is weak even as a sign.
//
// # Security
//
// Names are hostile: any string is taken, its length, its labels and the ways
// of reading it are bounded, and a look-up costs a few microseconds whatever
// the size of the list. Skeletons, folds and shapes are for comparing and must
// not be shown.
//
// # Standards
//
// UTS 39 (skeletons, restriction levels), UTS 46 and RFC 5891 by way of
// golang.org/x/net/idna, in Unicode 15; the confusables are Unicode 16's.
//
// # Bugs
//
// Two edits are looked for only in names of the registry of twelve letters and
// more. Homophones, and words in scripts other than Latin beside a name, are
// not looked for. A hyphen more is no sign, as in Chromium.
package lookalike
