package main

import (
	"fmt"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/smtpd/forward"
)

type parseCmd struct {
	Files []string `arg:"" name:"file" help:"Files or folders; - is standard input." type:"string"`
	JSON  bool     `help:"One JSON object a line."`
}

// parseLine is what parse --json says of a file.
type parseLine struct {
	File      string       `json:"file"`
	Originals []parsedLine `json:"originals"`
	Error     *string      `json:"error"`
}

type parsedLine struct {
	How     analyze.How       `json:"how"`
	Grade   analyze.Grade     `json:"grade"`
	Client  *string           `json:"client"`
	From    *analyze.Mailbox  `json:"from"`
	To      []analyze.Mailbox `json:"to"`
	Cc      []analyze.Mailbox `json:"cc"`
	Subject *string           `json:"subject"`
	Date    *string           `json:"date"`
	Body    string            `json:"body"`
	Lost    []string          `json:"lost"`
}

func (c *parseCmd) Run(w *world) error {
	files, err := walk(c.Files)
	if err != nil {
		return err
	}
	failed := 0
	for _, file := range files {
		line := parseLine{File: file, Originals: []parsedLine{}}
		raw, err := readFile(w, file)
		if err != nil {
			failed++
			msg := err.Error()
			line.Error = &msg
		} else {
			for _, o := range forward.Find(&analyze.Report{At: time.Now(), Raw: raw}, forward.Options{}) {
				line.Originals = append(line.Originals, toParsed(o))
			}
		}
		if c.JSON {
			err = jsonLine(w.out, line)
		} else {
			_, err = fmt.Fprint(w.out, showParse(line))
		}
		if err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files could not be read", failed, len(files))
	}
	return nil
}

func toParsed(o analyze.Original) parsedLine {
	l := parsedLine{How: o.How, Grade: o.Grade, Client: orNull(o.Client), To: o.To, Cc: o.Cc,
		Subject: orNull(o.Subject), Date: orNull(o.Date), Body: o.Text, Lost: o.Lost}
	if len(o.From) > 0 {
		l.From = &o.From[0]
	}
	for _, list := range []*[]analyze.Mailbox{&l.To, &l.Cc} {
		if *list == nil {
			*list = []analyze.Mailbox{}
		}
	}
	if l.Lost == nil {
		l.Lost = []string{}
	}
	return l
}

func showParse(line parseLine) string {
	var b strings.Builder
	if line.Error != nil {
		fmt.Fprintf(&b, "%s: %s\n", clean(line.File), clean(*line.Error))
		return b.String()
	}
	fmt.Fprintf(&b, "%s: %d original(s)\n", clean(line.File), len(line.Originals))
	for _, o := range line.Originals {
		from := []analyze.Mailbox{}
		if o.From != nil {
			from = append(from, *o.From)
		}
		fmt.Fprintf(&b, "  %s, grade %s", o.How, o.Grade)
		if o.Client != nil {
			fmt.Fprintf(&b, ", by %s", clean(*o.Client))
		}
		fmt.Fprintf(&b, "\n  From:    %s\n", mailbox(from))
		if o.Subject != nil {
			fmt.Fprintf(&b, "  Subject: %s\n", clean(*o.Subject))
		}
		if o.Date != nil {
			fmt.Fprintf(&b, "  Date:    %s\n", clean(*o.Date))
		}
		for _, l := range o.Lost {
			fmt.Fprintf(&b, "  lost:    %s\n", clean(l))
		}
	}
	return b.String()
}
