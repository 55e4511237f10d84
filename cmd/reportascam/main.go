// Command reportascam answers whether a forwarded email is really from who it
// claims. It is the mail server that takes reports, and the tools around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// The exit statuses that scripts rely on.
const (
	exitDone  = 0
	exitFault = 1 // we failed
	exitUsage = 2 // called wrongly
	exitFound = 3 // check found something scam or suspicious
)

// errFound makes run exit with exitFound, without a message.
var errFound = errors.New("found something scam or suspicious")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what does not hear the first
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// world is what a command may touch of the world around it.
type world struct {
	ctx     context.Context
	environ []string
	in      io.Reader
	out     io.Writer
	err     io.Writer
}

// commands is the command line.
type commands struct {
	Serve      serveCmd      `cmd:"" help:"Run the report mailbox."`
	Check      checkCmd      `cmd:"" help:"Judge messages in files, without storing anything."`
	Parse      parseCmd      `cmd:"" help:"Only find the originals in forwarded messages."`
	Auth       authCmd       `cmd:"" help:"Show who really sent a message: SPF, DKIM, DMARC, ARC."`
	BIMI       bimiCmd       `cmd:"" name:"bimi" help:"Check the brand indicator and mark certificate of a domain, or of files."`
	Brands     brandsCmd     `cmd:"" help:"List, show, check and add the brands that are known."`
	Lookalike  lookalikeCmd  `cmd:"" help:"Tell which protected domain a name resembles."`
	Eval       evalCmd       `cmd:"" help:"Measure the verdicts on mail of which the truth is known."`
	Fit        fitCmd        `cmd:"" help:"Fit what each finding weighs to mail of which the truth is known."`
	Verdicts   verdictsCmd   `cmd:"" help:"List, show, search, count and export what was judged."`
	Quarantine quarantineCmd `cmd:"" help:"List, show, release and delete what the relay holds."`
	Stats      liveCmd       `cmd:"" help:"Show what the running server does, and how long each stage takes."`
	Queue      queueCmd      `cmd:"" help:"List replies that wait or failed, retry and drop them."`
	Store      storeCmd      `cmd:"" help:"Check and back up the store."`
	Config     configCmd     `cmd:"" help:"Print the configuration, or check it."`
	DKIMKey    dkimKeyCmd    `cmd:"" name:"dkim-key" help:"Make a key that signs replies, and print its DNS record."`
	Health     healthCmd     `cmd:"" help:"Tell by the exit status whether the server answers."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// exited is how kong's wish to exit (after --help) gets back to run.
type exited int

func run(ctx context.Context, args, environ []string, in io.Reader, out, errOut io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	parser, err := kong.New(&commands{}, kong.Name("reportascam"),
		kong.Description("Forward it a suspicious email and it answers whether the message is really from who it claims."),
		kong.Writers(out, errOut), kong.Exit(func(c int) { panic(exited(c)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errOut, "reportascam:", err)
		return exitFault
	}
	if len(args) == 0 {
		fmt.Fprintln(errOut, "reportascam: name a command; reportascam --help lists them")
		return exitUsage
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errOut, "reportascam:", clean(err.Error()))
		return exitUsage
	}
	switch err := parsed.Run(&world{ctx: ctx, environ: environ, in: in, out: out, err: errOut}); {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitFound
	case errors.Is(err, errUsage):
		fmt.Fprintln(errOut, "reportascam:", clean(err.Error()))
		return exitUsage
	default:
		fmt.Fprintln(errOut, "reportascam:", clean(err.Error()))
		return exitFault
	}
}

// errUsage marks what the caller did wrong and kong cannot see.
var errUsage = errors.New("usage")
