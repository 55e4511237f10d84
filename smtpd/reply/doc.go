// Package reply decides whether a report may be answered, and writes the
// answer: one message, to one person, in plain words.
//
// Refuse holds the rules of conduct, Caps the limits that need a memory, and
// Render the message. All three are pure but for the Memory that Caps asks.
//
// # What it trusts
//
// Of the report: only that its author's domain was proven, or that it came
// from a trusted network. Everything else in it, and everything in the
// originals and in the findings about them, is hostile text.
//
// # Security
//
//   - Nobody is answered whose address the outer message does not prove, so a
//     forged report makes no mail. Reply-To and Cc are never read. What was
//     redirected, came by a list or was written by a program gets no answer.
//   - Nothing of the report reaches a header of the answer but the recipient,
//     a dot-atom address, and the report's Message-ID, where it has the strict
//     form. The subject is our own, because that of a report is mostly the
//     scam's.
//   - Text from a message goes through Clean: no control, direction or
//     invisible characters, bounded, no address, link or number in a form that
//     a mail program would turn into something to click or call.
//   - The HTML part is made by html/template from the same blocks as the text
//     part. Its only links are those of the Config and of the list of centres.
//
// # Standards
//
// RFC 3834 (automatic responses), RFC 5230 sections 4.2 to 4.6 (the memory of
// who was answered), RFC 5322, RFC 2045 to 2047, MS-OXCMAIL section 2.1.3.2.20
// (X-Auto-Response-Suppress).
//
// # Bugs
//
// A check that no catalogue knows is told by its kind only, in all languages but
// English. The reporter's language and country are guesses.
package reply
