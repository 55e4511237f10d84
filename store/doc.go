// Package store keeps reports, what was found out about them, and the replies
// that wait to be sent.
//
//	Accept -> journal (durable: 250) -> importer -> queue -> Lease -> Finish -> judgement, indexes, counts, reply -> LeaseOutgoing -> Delivered
//
// A report that Accept took is in the journal, from where the importer moves
// it into the database in batches. Workers lease reports; a lease that is
// neither finished nor given back runs out, and the report is leased again; a
// process that opens the store ends the leases of one that crashed.
// Finish writes all that follows from a judgement in one transaction, and only
// for the lease that holds: a report is judged once and answered once.
//
// The interface has the words lease, index and transaction so that another
// engine can stand behind it. Bolt is the one there is: a bbolt database and
// the journal of package journal, in a directory that one process holds.
// Other processes of the same user reach it through a unix socket
// (ServeControl, Dial); OpenOrDial takes whichever way is open.
//
// # What it trusts
//
// The directory and the user that owns it. Not the bytes on the disk: messages
// have checksums, values are bounded when they are unpacked, and Verify reads
// everything. Not the texts in reports and judgements: keys made of them are
// bounded and cannot run into one another.
//
// # Security
//
// Files are made with mode 0600 and directories with 0700. The control socket
// is 0600 from the moment it has its name, and speaks only to its own user and
// to root.
//
// # Bugs
//
// The envelope is kept as JSON: octets of HELO or of addresses that are not
// UTF-8 come back as U+FFFD. Raw and trace are kept byte for byte.
//
// A reply is sent at least once: a crash between the next host's 250 and
// Delivered sends it again. It then has the same Message-ID.
//
// A report whose Accept failed can in rare cases have been kept all the same
// (see package journal); whoever sends it again then reports twice.
//
// Verify and Backup hold a read transaction while they run; the database grows
// for what is written meanwhile. Compact gives the room back.
//
// After the database's disk has failed once, nothing more is judged until the
// process is restarted; reports are still accepted.
package store
