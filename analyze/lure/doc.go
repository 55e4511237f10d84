// Package lure finds what a message wants from its reader: a password, a
// payment, a call, a click for a prize. It also says in which language a
// message is written.
//
// A lure is a combination, not a word: what is asked, of what, on which
// condition, within a few words of each other ("confirm" + "account" +
// "suspended"). The combinations stand in one file a language, *.txt, whose
// form is told in en.txt.
//
// # What it trusts
//
// Nothing. Honest mail lures too: banks warn, shops give prizes. A lure says
// what a message is about, never that it is a scam; the checks weigh it
// together with who is proven to have sent it.
//
// # Security
//
// The text is read once, letters folded so that accents, look-alike letters of
// other scripts, decorated letters, characters of no width and letters set
// apart by dots do not hide a word. All words are looked up at the same time
// in one tree; the work is linear in the text, of which at most MaxText octets
// are read.
//
// # Standards
//
// Language tags are BCP 47 (RFC 5646). Look-alike letters are UTS 39 section
// 4, by package lookalike.
//
// # Bugs
//
// Negation is not understood ("we never ask for your password"). Scripts
// without a file are only named by Language.
package lure
