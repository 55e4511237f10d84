package smtpd

import (
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"
)

// handlerErrors are what the inbox of a dialogue may answer.
var handlerErrors = map[string]error{
	"full":     errors.New("no space left on /var/secret"),
	"wrapped":  fmt.Errorf("inner detail: %w", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Not wanted\r\x1bhere"}),
	"nonsense": &smtp.SMTPError{Code: 250, Message: "fine"},
}
