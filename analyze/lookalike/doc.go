// Package lookalike finds which protected domain a name was made to resemble,
// and by which trick.
//
// The rules are those that Chromium's lookalike warnings document, with their
// exclusions, and those that mail needs: words of mail scams beside a name, in
// many languages and scripts; names as labels and as parts of labels below a
// stranger's domain; two edits in long names; what sounds alike; names taken at
// free hosts. A name that resembles several is given with the strongest.
// Generate turns the rules round: what an attacker would take.
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
// the size of the list, some hundred where the name was made to cost. Skeletons, folds and shapes are for comparing and must
// not be shown.
//
// # Standards
//
// UTS 39 (skeletons, restriction levels), UTS 46 and RFC 5891 by way of
// golang.org/x/net/idna, in Unicode 15; the confusables are Unicode 16's.
//
// # Bugs
//
// What is nobody's own is left alone, and an attacker may hide there: names of
// four letters and fewer but as whole domains between dots, ordinary words,
// the first letter replaced, digits at the end, a country's site, another word
// beside the name in the registrable domain below com, net, org and countries
// (amazonvideo.com is Amazon's). Two edits are looked for from nine letters on;
// what begins with another letter is not. Sounds are those of English. Lao,
// and the Indic scripts as one, are compared with Latin by few letters.
package lookalike
