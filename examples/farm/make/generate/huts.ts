/** Makes the pages of invented mountain huts, in Greek. */
import { type DraftPage, minutesAfter, revision } from "../draft.ts";
import { Random } from "../random.ts";

const PEAKS = [
  "Αετοράχη",
  "Βαθύλακκος",
  "Γκρίζα Πέτρα",
  "Δρακόλιμνο",
  "Ελατόρραχη",
  "Ζυγουρολίβαδο",
  "Ηλιόπετρα",
  "Θυμαρίστρα",
  "Ίσκιος",
  "Καψάλα",
  "Λυκότρυπα",
  "Μεγάλη Σέλα",
  "Νεροσπηλιά",
  "Ξερόβουνο",
  "Οξιάς",
  "Πυργάκι",
  "Ρουμάνι",
  "Σταυραετός",
  "Τσούκα",
  "Υψηλή",
  "Φλάμπουρο",
  "Χιονότρυπα",
  "Ψηλορράχη",
  "Ωλένη",
] as const;
const KINDS = ["Καταφύγιο", "Καλύβα", "Στάνη"] as const;
const WAYS = [
  "Το μονοπάτι ξεκινά από την πλατεία του χωριού, πίσω από το πλυσταριό, και ανεβαίνει {hours} ώρες χωρίς ντροπή.",
  "Ο δασικός δρόμος φτάνει ως το διάσελο· από εκεί {hours} ώρες με τα πόδια, αν δεν σταματήσετε στα βατόμουρα, που θα σταματήσετε.",
  "Το χειμώνα ο δρόμος κλείνει στο {km}ο χιλιόμετρο και η πορεία διπλασιάζεται.",
  "Ακολουθήστε τα κόκκινα σημάδια ως τον μεγάλο έλατο και τα κίτρινα ως το τέλος· τα γαλάζια πάνε αλλού.",
] as const;
const STORIES = [
  "Χτίστηκε το {year} με πέτρα από το ρέμα και ξύλα που ανέβασαν δεκατρία μουλάρια.",
  "Η στέγη έφυγε με τον αέρα του {year} και βρέθηκε σχεδόν ολόκληρη στο επόμενο χωριό, που δεν ήθελε να την επιστρέψει.",
  "Στο υπόγειο φυλάγονταν τυριά. Η μυρωδιά έμεινε, τα τυριά όχι.",
  "Το παράθυρο βλέπει ανατολικά, γι' αυτό κανείς δεν κοιμάται μετά τις {hour}.",
  "Ο φύλακας κρατά σημειώσεις για τον καιρό από το {year}· λέει ότι ο καιρός δεν τις διαβάζει.",
  "Στο βιβλίο επισκεπτών του {year} λείπει μία σελίδα, και όλοι ξέρουμε ποια.",
  "Τη νύχτα ακούγονται τσακάλια. Δεν έρχονται κοντά, απλώς συμμετέχουν στη συζήτηση.",
  "Η στέρνα χωράει {litres} λίτρα και τον Αύγουστο τα μετράμε ένα ένα.",
  "Κάποιος φύτεψε κερασιά δίπλα στην πόρτα. Έδωσε {cherries} κεράσια το {year} και από τότε ξεκουράζεται.",
] as const;
const WATER = ["πηγή", "στέρνα", "κουβαλήστε", "χιόνι ως τον Μάιο"] as const;
const KEEPERS = ["Ελπίδα", "Στάθης Ρ.", "Λευτέρης Κ.", "203.0.113.201", "Μπάρμπα-Θάνος"] as const;

/** So many huts, each with a few edits. */
export function huts(count: number): DraftPage[] {
  const random = new Random(2917);
  const names = random.sample(KINDS.flatMap((kind) => PEAKS.map((peak) => `${kind} ${peak}`)), count);
  return names.map((name) => hut(name, random));
}

function hut(name: string, random: Random): DraftPage {
  const box = `{{Καταφύγιο|όνομα=${name}|υψόμετρο=${random.between(90, 241) * 10}|θέσεις=${
    random.between(4, 60)
  }|νερό=${random.pick(WATER)}}}`;
  const opening = `'''${name}'''. ${fill(random.pick(WAYS), random)}`;
  const stories = random.sample(STORIES, random.between(3, 7)).map((story) => fill(story, random));
  const visits = Array.from({ length: random.between(5, 40) }, () => visit(random));
  const end = "\n\n[[Κατηγορία:Καταφύγια]]";
  const texts = [
    `${box}\n${opening}${end}`,
    `${box}\n${opening}\n\n== Ιστορία ==\n${stories.join(" ")}${end}`,
    `${box}\n${opening}\n\n== Ιστορία ==\n${stories.join(" ")}\n\n== Επισκέψεις ==\n${visits.join("\n")}${end}`,
  ].slice(0, random.between(2, 3));
  let time = minutesAfter("2013-06-10T06:00:00Z", random.between(0, 60 * 24 * 1500) + random.next());
  const revisions = texts.map((text, index) => {
    const made = revision([time, random.pick(KEEPERS), ["νέα σελίδα", "ιστορία", "από το βιβλίο"][index] ?? ""], text);
    time = minutesAfter(time, random.between(100, 60 * 24 * 600));
    return made;
  });
  return { title: name, revisions };
}

function visit(random: Random): string {
  const day = `${random.between(1, 28)}/${random.between(1, 12)}/${random.between(2004, 2022)}`;
  const what = random.pick([
    "ήλιος",
    "χιόνι ως το γόνατο",
    "βροχή, ύστερα ουράνιο τόξο",
    "αέρας που δεν άφηνε την πόρτα",
    "ησυχία",
    "ομίχλη, 🥶",
  ]);
  return `* ${day}: ${random.between(1, 14)} άτομα, ${what}.`;
}

function fill(sentence: string, random: Random): string {
  return sentence.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (name === "year") return String(random.between(1924, 2003));
    if (name === "hours") return String(random.between(2, 7));
    if (name === "hour") return String(random.between(5, 7));
    if (name === "litres") return String(random.between(6, 80) * 100);
    return String(random.between(3, 40));
  });
}
