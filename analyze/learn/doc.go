// Package learn lets analysts' corrections speak for other mail: it learns by
// how much the shipped weights misjudge what this desk sees, and shifts the
// score by a bounded amount.
//
// # What it trusts
//
// The analysts. A report alone teaches nothing.
//
// # Security
//
// A shift is never larger than MaxShift, so that no number of corrections
// makes a scam of mail without a sign of one, or hides what the checks prove.
// It never makes anything authentic, which needs proof (analyze.Decide). A
// sender's domain is a sign only where the sender is proven, so that nobody
// gains or suffers by another's name. Learning is deterministic, and bounded in
// time by the limits below.
//
// # Standards
//
// None; logistic regression with a ridge, around the shipped score.
package learn
