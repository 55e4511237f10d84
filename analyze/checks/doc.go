// Package checks holds the questions that are asked of the evidence, one a
// file, listed in All. What each weighs stands in weights.txt.
//
// # What it trusts
//
// The evidence, each fact as far as its witness. A claimed fact (one that only
// the message itself asserts) is never used in the sender's favour.
//
// # Security
//
// Checks are pure: no clock, no network, no state. Text of the message gets
// into a finding's sentence only through quote, and hosts only as A-labels.
//
// # Standards
//
// Each check cites what it rests on: an RFC, or a published rule.
//
// # Bugs
//
// A check weighs the same in every language and in every year.
package checks
