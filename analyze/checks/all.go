package checks

import (
	"slices"

	"reportascam/analyze"
)

// All lists every check in the order in which findings are shown, weighed by
// the shipped table.
func All() []analyze.Check { return Default().Checks() }

// listed is every check, not yet weighed.
func listed() []analyze.Check {
	all := []analyze.Check{
		BrandProven, BrandMismatch, BrandMention, BrandSpoofed, BrandDisguised, BrandFreeMail, BrandLinks, PassedOn,
		DMARCFail, SPFFail, DKIMFail, Unauthenticated, ProviderDoubt, ForgedResults,
		NameStranger, FromUnreal, FromFault, DoubledFields, SignatureGap, FromNameAddress, FromSelf, FromFreePage, FromTenant, ReplyToDiffers, ReturnPathDiffers,
		MarkVerified, MarkMissing, MarkForged, MarkForeign, MarkSelfAsserted,
		SenderLookalike, LinkLookalike, LinkTextMismatch, LinkAddress, LinkDisguise, LinkIDN, LinkForm,
		LinkShortener, LinkFreeHost, LinkFormBuilder, LinkOddNumber, LinkOddWriting, LinkPort, LinkSubdomains, LinkRandomHost, LinkEnding,
		LinkRedirect, LinkData, LinkRecipient, LinkCompromised, LinkQR, LinkSingleTarget, LinkStranger, WalletInText, PhoneCallback,
		AttachmentRuns, AttachmentDisguised, AttachmentPage, AttachmentMacro, AttachmentArchiveDanger, AttachmentPasswordTold,
		AttachmentTrap, AttachmentMislabelled, AttachmentInvite, AttachmentLocked, AttachmentOnly,
		LureUnproven, LureStrangerLink, LureFreePage, LureFreeMail, LurePressed, LureBrand, LureMany, LureRandom, LureReplyElsewhere,
		WordsMixed, WordsBroken, WordsStyled, WordsSpaced, HiddenText, PictureOnly,
	}
	return slices.Concat(all, lureChecks(), oddChecks())
}
