"""The trade's rules and words: values in, values out; no clock, no database, no web.

A new term enters here first.

The calendar

Programme
    A season of events under one name, such as Connected Educator Month 2014.
Theme
    A subject that a programme's events gather around, convened by organizations.
Participant
    A district, an organization or a whole state that takes part in a programme, by its own word.
Organization
    Who hosts: a society, a university, a district, a group of teachers.
Event
    Something to learn at, of one kind (webinar, hashtag chat, book club, ...), hosted by organizations.
Session
    One stretch of an event with fixed hours. An event without any is an open window: a forum, a book club, a
    contest.
Agenda
    The sessions of an event that has several, and the breaks that count for nobody.
Series
    Events that are one event coming again, each of them claimed, changed and cancelled by itself.
Facet
    A filter of the calendar, each of whose options says how many events it would leave beside the other filters.
Feed
    A calendar to subscribe to: what a search finds, in the form that other calendars read.
Proposal
    An event that somebody adds to their own district's calendar; theirs and the administrators' until it is decided.
Returned proposal
    One that a moderator gave back with what to change; it waits for its proposer, who sends it again.
Likely duplicate
    An event of the calendar that a described one may be already, with what speaks for it.
Merged event
    One that turned out to be another: its address leads there, and its claims went along with their facts.
Imported event
    One that a published calendar told of, known again by UID and begin, or by its address.
Registration
    A person's place at an event that asks for it, or their place in the line; who asked first comes first.
Going
    That a person means to come to an event that gives out no places; a registration says it too.
Own calendar
    What a person goes to, has a place at or waits for, and what is over of it: to be logged, or logged.
Calendar address
    Under which a phone reads somebody's own calendar without a sign-in. It is shown once, and can be revoked.
Outlook
    What an event would bring by the district's rules, before anybody attended: would it count for me, and as what.
Invitation
    A letter with which somebody brings a colleague: an event and its calendar entry, to one address, once.
Archive
    What stays of an event when it is over: links to its recording, its chat, its resources.
Discussion
    What the people of one district say about an event. Words are hidden with a reason, never taken away.
Host
    A person who speaks for an event, and who therefore decides no claim for it.

The people

District
    Who owns people, claims, rules and certificates. One district sees nothing of another.
Reminder
    A letter before something goes stale, by the district's policy; each thing is told once.
Template of letters
    A district's own words around what letters of a kind say; what they say can't be left out.
Notice
    What a letter says, read in the house: there whether or not the letter left.
Pace
    How somebody has letters of a kind: at once, in a daily or weekly digest, or never where they may do without.
Digest
    One letter with what several would have said, each with its address.
Bounced address
    An address that a mail server refused for good: letters to it wait until it is said to be right.
Checkpoint
    How far the audit trail has grown, signed each night and kept outside of the database: it shows what was cut off.
Audit pack
    Everything about one event or one person in one file with its hashes, for whoever audits the district.
Checkpoint officer
    One of two people whom a district names to keep its checkpoints.
Set-up
    The five steps in which a district begins: itself, schools, people, rules, certificate. A step lacks something until
    it is made one's own or its default is kept.
Commitment
    What a district promises in public about professional learning, in versions, with its real figures beside it.
School
    Where a person of a district works, and where a reviewer decides.
Roster
    The schools and the staff of a district as another system lists them: everybody (bulk), or what changed (delta).
Source key
    What another system calls a person or a school by; a roster is matched by it first. Each source has its own.
Leaving
    That a roster doesn't list somebody any more, or says that they left. It never deletes; a tenth needs a second yes.
Joining letter
    A letter with a link that lets its reader into a district, once and for half an hour: an invitation, or what
    somebody asked for. It shows that they read mail at the address.
Joining link
    An address that a district hands round: whoever reads mail of its domains can ask for a joining letter.
Open registration
    That whoever reads mail of a district's domains can ask for a joining letter, without a link.
Membership
    What makes a person somebody in a district: their roles.
Role
    Teacher, reviewer, administrator or host; what each may do stands in `access.GRANTS`.
Second factor
    What a sign-in asks for beside the password: a code of an authenticator app, each taken once.
Withheld role
    One that somebody has in a district that insists on a second factor, and that counts once they have set it up.
Proof
    The password once more, before what reaches far: it holds for a quarter of an hour.
Recovery code
    What stands in for a lost app, once; ten are shown when the app is set up.
Claimant
    The person whose claim it is.

The work

Attendance evidence
    What speaks for a person's having been there, each with its strength: a report, a check-in, a code, a host's list,
    a link, a file, their own word.
Evidence recipe
    What shows that somebody took part in a kind of event: posts of a hashtag chat, a log of a book club.
Attestation
    The claimant's own word.
Attendance report
    What a meeting's software, a sign-in sheet or a host says of who was at a session. It proves intervals, a total,
    or presence only.
Import
    An attendance report that somebody brought for an event: looked at first, then confirmed; undone alone.
Alias
    What a district remembers of reports: who, or nobody, goes by this address, number or name.
Employee number
    What a district numbers its people by; an attendance report that has it is matched by it.
Stay
    One stretch of being there, from joining to leaving.
Desk
    Where people check in for one session: by a screen, a scanner, a sheet. Its codes are worth nothing elsewhere.
Check-in, check-out
    A line of a desk's log: who came or went, when, how and by whose clock. A correction is a further line.
Badge
    A person's own square for one desk, which a host scans.
Walk-in
    Somebody whom a host notes by name; whom the district doesn't know stays a name.
Flag
    What a person should look at before they trust a line of a report: a bot, an assumed end, a shared e-mail.
Claim
    One person's wish for credit for one activity; where it can stand and go is in `claim.NEXT`.
Bundle
    One claim of short sessions on one topic, its parts, which count together once they come to a threshold.
Draft
    A claim that is still being written.
Fresh draft
    One that a report or a check-in began for somebody, with its time and evidence; their reflection is missing.
Prompt
    A question of the district.
Reflection
    A claimant's answers to the prompts.
Day load
    The hours of all claims of a person that lie on one day; never more than the day has.
Check
    What the machine found about a waiting claim. It never decides.
Step
    One thing that happens to a claim: who, when, from where to where.
Review
    A reviewer's decision at one step: return, deny or approve, of exactly the version that they saw.
Review path
    A district's dated list of the reviews that claims need, each for all of them or for some; never edited.
Route
    The reviews that one claim needs by its path, in their order, each by another person; which of them is open.
Turn
    Whose the open review is. What nobody who is named can take is the district office's.
Stand-in
    Who takes a reviewer's turns while they are away, on named days. The record names both.
Endorsement
    An approval before the last review: it opens the next one. Only the last approval gives credit.
Automatic approval
    That a published, dated policy approves a claim whose attendance was matched and on which no check found anything.
Sample
    The claims that the policy could have approved and that go to a person all the same, drawn by a sealed seed.
Wait
    The time from the last sending of a claim to the decision about it.
Job
    Work that outlasts the page which asked for it, done part by part by a worker; it can be left, looked at, cancelled.
Report of a job
    What became of each of its parts: done, or left out and why.
Release
    The moment, 15 minutes after a decision or at once when asked, from which its mail and certificate leave.

The credit

Minutes
    Instructional minutes attended, always whole. Hours and other units are computed from them, never stored.
Category
    What the hours are about: content, pedagogy, English language learners, leadership, technology.
Split
    The minutes of a claim or event over several categories, in whole minutes that add up.
Equivalence
    What of connected learning a district counts like hours in a room: applying it, a recording, a log of days.
Credit policy
    A district's dated rules for credit, in editions. An edition is never changed, only followed by the next.
Cap
    The most minutes of a kind, or of all kinds, that count in a school year.
School year
    The twelve months in which caps and requirement are counted; the policy says on which day they begin.
Credit
    The minutes of a claim that count, with the reason for each: the trace.
Trace
    One sentence for each rule that was applied; it answers "why 1.5 and not 2?".
Follow-up
    What a credited activity can still bring later: it was used in class, or students gained by it. It holds no time.
Award
    An append-only ledger entry of minutes by category. It is taken back by a further entry, never by an edit.
Regime
    A state's or body's own set of rules, in dated versions; its words stand in `regimes`.
Licence
    What a person holds under a regime, in one cycle after the other, with the facts about them that its rules ask for.
Layer
    A district's or provider's rules on top of a regime's. It may only tighten.
Bucket
    A part of a regime's credit with a minimum or maximum of its own.
Cycle
    A person's licence period; its first and last day belong to it.
Adjustment
    A signed change to one person's cycle, target or credit, which says why. Credit can be of a category.
Attested fact
    What somebody signed to hold of a licence's holder, until it is taken back by a further entry.
Allotment
    What of a record counts within the rules of all layers together, so that a stricter rule never gives more.
Renewal
    The step from one cycle of a licence to the next, with what is carried over.
Pace
    How what is earned compares with a straight line through the cycle: so much behind, on track, so much ahead.
Requirement
    What the district or a regime asks for in a school year or cycle.
Progress
    Where a person stands against the requirement: approved, waiting, to go.
Prospect
    What one more activity would add to a licence, told before anybody attended it.
Gap
    What a licence lacks, with the events that come and would count towards it.
Standing
    Where a licence stands, as it was last counted for the lists of a district: short, behind, on track, met.
Statement
    A person's progress to one licence on a day, on paper. It decides nothing; the licensing body does.
Look
    That somebody opened another person's licences or transcript, on a day; the person is told.
Transcript
    A person's awards over a period, with their totals.
Certificate
    A frozen, numbered, signed statement of one or more awards, which anyone can check.
Summary
    A certificate of a programme, a school year or a licence cycle, which lists the certificates of its activities and
    certifies their hours once more, not more of them. It follows them: a newer edition takes its place.
Collection
    Certificates of a school, a programme or some days in one file: a ZIP with its index, or one PDF for the printer.
Design
    How a certificate looks: modern, classic or plain. A district chooses one, version by version.
Appearance
    What a district chose beyond the design: accent colour, its own sentence, who signs. Frozen with the certificate.
Badge
    A certificate for programs: an Open Badge, signed with the certificate's key, and the same each time.
Learner record
    A person's certificates that stand, as badges, in one signed document.
Share link
    An address under which somebody shows their certificates for some days, and sees when it was opened.
Status list
    What a district publishes of its certificates: a bit for each, set when it is no longer in force.
Key history
    A district's signing keys, each of which vouches for the one that follows it.
Shutdown kit
    What a district keeps of its certificates so that they can be checked when no server is left.
Refusal
    A wish that we turn down, with a sentence that the person can act on.
"""
