// Package checks holds the questions that are asked of the evidence, one a
// file, listed in All.
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
// Weights are set by hand from the reading of real mail; they are not fitted.
package checks

import "reportascam/analyze"

// Ruleset is the version of the checks and their weights. It changes whenever
// a verdict on the same evidence could change.
const Ruleset = "2026.11-4"

// All lists every check in the order in which findings are shown.
func All() []analyze.Check {
	return []analyze.Check{
		BrandProven, BrandMismatch, BrandMention, BrandSpoofed, BrandDisguised, BrandFreeMail, BrandLinks, PassedOn,
		DMARCFail, SPFFail, DKIMFail, Unauthenticated, ProviderDoubt, ForgedResults,
		FromFault, DoubledFields, SignatureGap, FromNameAddress, FromSelf, ReplyToDiffers, ReturnPathDiffers,
		MarkVerified, MarkMissing, MarkForged, MarkForeign, MarkSelfAsserted,
		SenderLookalike, LinkLookalike, LinkTextMismatch, LinkAddress, LinkDisguise, LinkForm,
		AttachmentDanger,
	}
}
