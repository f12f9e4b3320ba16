/* phrases.c: see phrases.h. The style of short notes by busy people; nothing here is quoted from a real record. Words
 * that matter to a reader of the law are rare on purpose: most of those who write such notes do not see a pattern. */
#include "simulate/phrases.h"

const struct act_phrases act_phrases[ACT_N] = {
    [ACT_following] =
        {"following",
         "[{v} states {s} followed {her} from [work|the station|the shops|the gym] to [home|the car park|a friend's "
         "address]|Informant reports {s} walking behind {her} [on {hers} way home|through town], stopped when "
         "{she} stopped|{v} driving home, vehicle stayed behind {her} for [two|three|five] miles, believes driver was "
         "{s}|{s} got on same bus as {v} again, [third|second|fourth] time this [week|month]]. "
         "[Route changed.|{She} went into a shop and waited.|No words spoken.|{he} says it is a coincidence.|Says {he} "
         "has every right to use the road.|]",
         "{he} [has been following|followed|has followed] {her} [home|from work|in {his} car|to the shops]"},
    [ACT_contact] =
        {"contact",
         "[{v} has had [{n} missed calls|over {n} texts|{n} messages|calls at all hours] from {s} [since "
         "{t}|overnight|today|in two days]|{s} has messaged {v} again [on a new number|from a new account|via "
         "WhatsApp], "
         "[asking to talk|saying {he} misses {her}|wanting to meet one last time|blaming {her}]|Repeat calls to {v}'s "
         "[mobile|work phone|home], caller [hangs up|breathes|says nothing|says {hers} name]|Letter of "
         "[four|six|nine] pages pushed through door, unsigned, [handwriting known to {v}|{v} believes from {s}]|{v} "
         "blocked {s}, {he} now emails [daily|every night]]. "
         "[{She} has asked {him} to stop.|Asked to leave {her} alone [last month|in writing|twice].|No threats "
         "made.|Content not threatening.|Screenshots seen.|Number withheld.|]",
         "{he} [keeps ringing|keeps messaging|will not stop texting|goes on emailing] {her} [day and night|from new "
         "numbers|although blocked]"},
    [ACT_publishing] =
        {"publishing",
         "[Posts on [Facebook|a local page|Instagram] about {v}, [{hers} workplace named|photos used|private matters "
         "shared]|{v} reports {s} has put {hers} number [on a dating site|in a phone box advert|online], strangers "
         "ringing|"
         "Leaflets about {v} left on cars in [{place}|the street|works car park]]. [Post since removed.|Page "
         "reported.|{he} denies posting.|Source not traced.|]",
         "{he} [has posted|keeps posting|puts] things about {her} [online|on Facebook|on the local page]"},
    [ACT_monitoring] =
        {"monitoring",
         "[{v} believes {s} is [reading {hers} emails|in {hers} accounts|seeing {hers} location], knows [things only "
         "said in messages|where {she} was|who {she} met]|Login alerts from unknown device on {v}'s email, "
         "password changed [twice|three times]|Doorbell camera account still on {s}'s phone, {he} has "
         "[watched|commented on] who calls]. [Devices not examined.|Advised to change passwords.|Phone reset.|No "
         "offence disclosed.|]",
         "{he} [gets into {hers} email|seems to read {hers} messages|knows everything {she} does on {hers} phone]"},
    [ACT_loitering] = {"loitering",
                       "[{s} seen [standing|sat in car|waiting] [outside {v}'s address|at the end of {place}|opposite "
                       "{hers} work] for [an hour|most of the evening|the third time this week]|Male hanging about "
                       "[near school gates|by the flats|at bus stop] "
                       "when {v} arrives, [does not speak|walks off when seen]|Vehicle parked on {place} with engine "
                       "running, {v} says [it is {s}|same car as last week]]. [Gone on police arrival.|Moved on, words "
                       "of advice.|No offences.|Area search no trace.|]",
                       "{he} [waits outside|hangs around outside|sits in {his} car outside] {hers} [house|work|flat]"},
    [ACT_interfering] =
        {"interfering",
         "[{v}'s [post taken|bin emptied over garden|washing gone from line|car wing mirror folded and note left|side "
         "gate left open again]|Electric to {v}'s home turned off at outside box, [second time|third time]|Wheel nuts "
         "loosened on "
         "{v}'s car, garage confirms|{v}'s [bank card|broadband|parcel delivery] cancelled by someone who knew {hers} "
         "details]. [{v} suspects {s}.|{v} thinks it may be {s} but did not see.|No suspects.|Not seen by anyone.|]",
         "{he} [interferes with {hers} car|takes {hers} post|cancels things in {hers} name]"},
    [ACT_watching] = {"watching",
                      "[{v} saw {s} looking [through kitchen window|over back fence|in from garden] at {t}|{s} sent "
                      "{v} photo of [{hers} own front door|{her} in the garden|{hers} car], taken that day|Drone over "
                      "garden [again|twice this week], {v} believes {s}|"
                      "{s} told {v} what {she} was wearing and who visited]. [Footprints seen.|Nothing found in "
                      "garden.|Curtains now kept closed.|No lines of enquiry.|]",
                      "{he} [watches the house|watches {her} from across the road|knows who comes and goes]"},
    [ACT_gifts] = {"gifts",
                   "[Flowers [and card|and chocolates|] left at {v}'s [door|work], from {s}|Parcel with [old "
                   "photographs|underwear|a child's toy|a ring] delivered to {v}, no sender|{s} left [food|a gift "
                   "bag|{his} house key] on {v}'s "
                   "[car|step] [again|for {hers} birthday]]. [Unwanted.|{She} has told {him} to stop.|No crime, advice "
                   "given.|Returned to sender.|No note.|]",
                   "{he} [leaves gifts|sends flowers|leaves things on the step] [{she} does not want|every "
                   "week|although {she} sends them back]"},
    [ACT_proxy] =
        {"proxy",
         "[Friend of {s} approached {v} [in the street|at work|by text], said {he} [is hurting|wants {her} to "
         "ring|will not give up]|{s}'s [mother|brother|cousin|mate] calling at {v}'s address asking {her} to [drop "
         "it|talk to {him}|unblock "
         "{him}]|{v} contacted by people {she} does not know, all asking where {she} lives now]. [Says passing on a "
         "message only.|Third party spoken to.|Denies being asked by {s}.|]",
         "{he} [gets {his} friends to contact {her}|sends {his} family to the house|asks people where {she} is]"},
    [ACT_vexatious] =
        {"vexatious",
         "[{s} has made [third|another|fifth] report about {v} to [council|children's services|{hers} "
         "employer|police], [unfounded|closed before]|Court papers from {s} again, [same application refused in "
         "spring|seeks order for contact though no "
         "children]|Anonymous report that {v} [is claiming benefit wrongly|drinks and drives|neglects child], {v} says "
         "[{s}|it is {s} once more]]. [No action.|Logged only.|Checks done, nothing found.|]",
         "{he} [keeps making complaints about {her}|has reported {her} again with nothing in it|takes {her} back to "
         "court over nothing]"},
    [ACT_tracker] = {"tracker",
                     "[Device found [under wheel arch|in lining of bag|behind number plate] of {v}'s car [by garage|by "
                     "{hers} son|after phone alert]|{v}'s phone warned of a tag moving with {her} for [two days|a "
                     "week]|App that shares location found on {v}'s "
                     "phone, not put there by {her}]. [Device seized.|Given back to {v}.|Advised to destroy.|Owner of "
                     "tag not asked for.|]",
                     "{he} [put a tag on {hers} car|tracks {hers} phone|turns up wherever {she} goes as if {he} can "
                     "see where {she} is]"},
    [ACT_impersonation] =
        {"impersonation",
         "[Fake profile in {v}'s name [contacting colleagues|on dating site|asking friends for money]|Orders of "
         "[taxis|takeaway|a skip|catalogue goods] to {v}'s address, not by {her}|Caller pretending to be {v} "
         "[cancelled gas appointment|asked bank for balance|"
         "rang school]]. [Action Fraud number given.|Provider to remove.|Sender not known.|{v} believes {s}.|]",
         "{he} [has made accounts in {hers} name|pretends to be {her} online|orders things in {hers} name]"},
    [ACT_attending] =
        {"attending",
         "[{s} came to {v}'s [home|work|mother's address|gym] [uninvited|again|at {t}], [knocking|shouting through "
         "letterbox|would not leave|asked for five minutes]|Call from {v}, {s} at the door, [has been told not to "
         "come|wants {his} things|wants to "
         "see {her}]|{s} turned up at {v}'s [workplace|church|college], asked to leave by staff]. [Left before "
         "police.|Gone on arrival.|Advised, left the area.|No offences disclosed.|Denies causing upset.|]",
         "{he} [turns up at the house|comes to {hers} work|was at the door again]"},
    [ACT_damage] = {"damage",
                    "[Plants pulled up and [oil|paint|eggs] over {v}'s front door|Garden wall pushed over at {v}'s "
                    "address|{v}'s [fence|bike|washing] cut|Words sprayed on {v}'s gate]. [No witnesses.|No CCTV.|{v} "
                    "suspects {s}, nothing to support.|Filed.|]",
                    "{he} [has damaged {hers} car|broke {hers} window|let {hers} tyres down]"},
    [ACT_threats] = {"threats",
                     "[{s} told {v} [{she} would be sorry|{he} would kill {her}|nobody else would have {her}|{he} "
                     "would burn {hers} house]|Voicemail to {v} [saying {she} will get what is coming|saying {he} "
                     "knows where {she} sleeps]|{s} said to {v} in street [watch your "
                     "back|you are dead|I will finish you]]. [{She} is scared.|{v} frightened.|{he} denies it.|Heard "
                     "by neighbour.|Said in drink.|Recording kept.|]",
                     "{he} [says {he} will kill {her}|threatens {her}|says {she} will be sorry]"},
    [ACT_self_harm_threat] =
        {"self_harm_threat",
         "[{s} rang {v} saying {he} will [end it|take tablets|hang himself] if {she} does not [answer|come "
         "back|meet]|Concern call: {s} has sent {v} picture of [blade|tablets|bridge] and goodbye message|{s} told {v} "
         "it will be {hers} fault "
         "when {he} is found]. [Located safe and well.|Ambulance checked, no injuries.|Detained s.136.|]",
         "{he} [says {he} will kill himself if {she} does not answer|sends goodbye messages|blames {her} for what {he} "
         "might do to himself]"},
    [ACT_third_party_threat] =
        {"third_party_threat",
         "[{s} told {v}'s [new partner|sister|father|boss] to [stay away from {her}|keep out of it or get hurt]|{v}'s "
         "[dog|cat] hurt, {s} had said [something would happen to it|{she} loved it more than {him}]|Brick through "
         "window of {v}'s "
         "[friend|mother] who has been letting {her} stay]. [No statement.|{he} says it was a joke.|Not reported "
         "before.|]",
         "{he} [threatens {hers} family|has a go at {hers} new partner|frightens {hers} friends]"},
    [ACT_custody_contact] = {"custody_contact",
                             "[{v} had call from [unknown number|withheld number|a mobile], it was {s} who is in "
                             "[prison|custody]|Letter from {s} in prison sent to {v} [at old address|via {hers} "
                             "mother|inside a card to the child]|{v} reports {s} has [rung|messaged] from inside, "
                             "[wants {her} to visit|says {he} is out soon|says {he} forgives {her}]]. [Prison to be "
                             "told.|Advised to change number.|No contact wanted.|]",
                             "{he} [rings from prison|writes from prison|has got a phone inside and messages {her}]"},
    [ACT_payments] = {"payments",
                      "[{s} sending {v} [1p|£1|small] payments with messages in the reference, [{n} so far|every "
                      "day|all night]|Bank flagged {n} payments to {v}, references read [please call|unblock me|i know "
                      "where you are]]. [Bank advised.|No offence.|Civil.|]",
                      "{he} [sends pennies to {hers} bank with messages|uses payment references to write to {her}]"},
    [ACT_entry] = {"entry",
                   "[{v} came home to find [things moved|bed slept in|photo turned to wall|back door unlocked], "
                   "nothing taken|{s} found in {v}'s [kitchen|loft|garden shed], [had kept a key|came in by "
                   "window]|Break in at {v}'s address, only "
                   "[underwear|letters|a laptop|a diary] gone]. [No forced entry.|SOCO attended.|Undetected.|{he} says "
                   "{he} was collecting {his} property.|]",
                   "{he} [has been in the house|let himself in|got in while {she} was out]"},
    [ACT_violence] = {"violence",
                      "[{s} [grabbed|pushed|punched|slapped] {v} [outside work|at {hers} door|in car park], [bruise to "
                      "arm|cut lip|no visible injury|sore ribs]|{s} pulled {v} by the hair and took {hers} phone|{s} "
                      "drove at {v}, clipped {hers} leg]. "
                      "[{She} does not want to go to court.|Ambulance not needed.|Left scene.|Arrest attempt "
                      "made.|Says {she} went for {him} first.|]",
                      "{he} [hit {her}|grabbed {her}|pushed {her} over]"},
    [ACT_strangulation] = {"strangulation",
                           "[{s} put hands round {v}'s neck [against wall|in the car], {she} [could not breathe|saw "
                           "stars|thought {she} would die]|{v} strangled by {s} at {hers} door, [marks to "
                           "throat|hoarse voice|petechiae noted]]. [Left when neighbour shouted.|Child saw.|]",
                           "{he} [put {his} hands round {hers} neck|strangled {her}]"},
};

const char phrase_damage_car[] =
    "{v}'s car [scratched along both sides|tyres let down|tyres cut|windscreen broken|paint thrown over it] "
    "[overnight|while at work|outside {hers} mother's]. [No witnesses.|No CCTV.|{v} suspects {s}, nothing to "
    "support.|{v} has recently separated.|Filed.|Insurance ref "
    "wanted.|]";
const char phrase_damage_home[] =
    "[Front window|Kitchen window|Door panel|Letterbox] broken at {v}'s address [overnight|at {t}]. [No witnesses.|{v} "
    "suspects {s}, nothing to support.|Second time this year.|Boarded up.|Filed.|]";
const char phrase_police_tail[] =
    "[||||| [OIC to update.|Log closed.|Crimed as above.|Statement declined.|Statement taken.|Body worn on.|House to "
    "house negative.|DARA completed, medium.|DARA completed, standard.|Victim advised to keep a diary.|Advised to "
    "block.|"
    "No further lines.|Leaflet given.|Previous between parties.|Not linked to earlier logs.|Solvability low, "
    "filed.|PNC no trace.|Marker on address considered.|Caller upset.|Caller calm.]]";
const char phrase_charity[] = "[Client says|Client told us|{v} disclosed that|On the phone client said|Client reports] "
                              "{act}. [{She} sleeps badly and has stopped going out.|{She} has changed {hers} route to "
                              "work.|{She} has told {hers} manager.|{She} keeps the curtains "
                              "closed.|{She} does not feel listened to.|{She} has not told the police.|Police told "
                              "{her} there was nothing they could do.|{She} is frightened for the children.|{She} has "
                              "moved in with family for now.|{She} says it is not the first time.|]";
const char phrase_charity_assessment[] =
    "[Worker's view: pattern over some months, risk rising.|Worker feels this is escalating.|Client "
    "minimises.|Assessed as medium for now.|High level of fear; review in a week.|Worker considers police should look "
    "at this as a whole.|"
    "Contact appears fixated.|No immediate danger identified on this call.|Hard to say on one call.]";
const char phrase_organisation[] = "[Staff member|Employee|{v}] [told manager|told reception|says|reported to HR] that "
                                   "{act}. [Asked to be walked to car.|Reception told not to put calls through.|Photo "
                                   "given to security.|Desk moved away from window.|Shift changed at {hers} request.|"
                                   "Police informed by {her}.|No incident on site.|Asked us to keep it quiet.|]";
const char phrase_health[] = "[Pt says|Pt reports|States|Tells me] {act}. [Not sleeping, anxious.|Poor sleep, weight "
                             "loss.|Palpitations, no cardiac cause.|Tearful.|Low mood, no thoughts of self "
                             "harm.|Jumpy, checks doors.|Injury consistent with account.|Denies being "
                             "hurt.|Fit note 2/52.|Given leaflet.|Discussed talking to police, pt not keen.|]";
const char phrase_housing[] =
    "[Tenant says|Tenant rang:|Report from tenant:] {act}. [Asked for move.|Advised to ring police.|Diary sheets "
    "sent.|No evidence, closed.|Referred to community safety.|Neighbours to be asked.|]";
const char phrase_lock_change[] =
    "[Locks changed at tenant's request|Lock change, tenant says ex has key|Barrel replaced front door|Door forced, "
    "made safe|Extra bolt fitted|New lock to back door], [urgent|same day|booked|charge waived|tenant to pay|£85 "
    "recharge]. [Tenant worried about "
    "someone getting in.|Tenant did not want to say why.|Second time this year.|Police ref given.|]";
const char phrase_sleepless[] =
    "[Sleep poor for weeks|Not sleeping|Anxious and tearful|Panic in crowds|Headaches, stress at home|Palpitations at "
    "night], [worried about ex|problems with ex partner|someone bothering {her}|trouble with a man from work|would "
    "rather not say "
    "why|stress]. [Fit note.|Sleep hygiene.|Sertraline started.|Review 2/52.|Talking therapy leaflet.|Bloods normal.|]";
const char phrase_support[] = "[Call back to client.|Safety planning.|Checked safe number.|Spoke with officer for "
                              "update.|Accompanied to appointment.|Left message on safe number.|Diary pages received.] "
                              "[No new contact since last week.|Quiet at present, client still worried.|"
                              "Client feels a bit better.|Client asked what happens next.|Locks changed.|New phone "
                              "arranged.|Awaiting police reply.|]";
const char phrase_work_changes[] =
    "[Employee asked to move desk away from window|Change of hours agreed|Request to work from home|Escort to car park "
    "agreed|Name taken off web page at employee's request], [personal reasons|someone troubling {her}|safety worry "
    "outside work|no details given].";
const char phrase_school_worry[] =
    "[Child tired and tearful|Child said [mum is scared|dad's friend waits outside|a man sits in a car by our "
    "house]|Parent asked that only {she} collects|Parent asked us not to release child to anyone else|Password set for "
    "collection]. [DSL told.|Monitor.|"
    "Parent spoken to.|No further action.|]";
