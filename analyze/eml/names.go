package eml

// commonName gives a constant for the field names that most mail has, as most
// mail writes them.
func commonName(b []byte) (string, bool) {
	switch string(b) {
	case "Received":
		return "Received", true
	case "From":
		return "From", true
	case "To":
		return "To", true
	case "Cc":
		return "Cc", true
	case "Subject":
		return "Subject", true
	case "Date":
		return "Date", true
	case "Message-ID":
		return "Message-ID", true
	case "Message-Id":
		return "Message-Id", true
	case "Reply-To":
		return "Reply-To", true
	case "Return-Path":
		return "Return-Path", true
	case "Delivered-To":
		return "Delivered-To", true
	case "MIME-Version":
		return "MIME-Version", true
	case "Mime-Version":
		return "Mime-Version", true
	case "Content-Type":
		return "Content-Type", true
	case "Content-Transfer-Encoding":
		return "Content-Transfer-Encoding", true
	case "Content-Disposition":
		return "Content-Disposition", true
	case "Content-ID":
		return "Content-ID", true
	case "DKIM-Signature":
		return "DKIM-Signature", true
	case "Authentication-Results":
		return "Authentication-Results", true
	case "ARC-Seal":
		return "ARC-Seal", true
	case "ARC-Message-Signature":
		return "ARC-Message-Signature", true
	case "ARC-Authentication-Results":
		return "ARC-Authentication-Results", true
	case "Received-SPF":
		return "Received-SPF", true
	case "X-Received":
		return "X-Received", true
	case "List-Unsubscribe":
		return "List-Unsubscribe", true
	case "List-Unsubscribe-Post":
		return "List-Unsubscribe-Post", true
	case "List-ID":
		return "List-ID", true
	case "In-Reply-To":
		return "In-Reply-To", true
	case "References":
		return "References", true
	case "X-Mailer":
		return "X-Mailer", true
	case "Sender":
		return "Sender", true
	}
	return "", false
}
