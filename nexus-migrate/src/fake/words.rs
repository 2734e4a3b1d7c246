//! Words that made-up rows are made of: of nobody in particular.

pub(super) const FIRST: &[&str] = &[
    "Ada", "Alan", "Amara", "Anna", "Barbara", "Ben", "Carlos", "Chen", "Clara", "Daniel", "Dora", "Edgar",
    "Elena", "Emil", "Fatima", "Felix", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jonas", "Julia", "Kenji",
    "Lena", "Liam", "Lucia", "Mara", "Marek", "Mia", "Nadia", "Nils", "Noor", "Olga", "Omar", "Paula",
    "Pedro", "Priya", "Rosa", "Ruben", "Sara", "Sven", "Tara", "Tom", "Uma", "Victor", "Wanda", "Yara",
    "Yusuf", "Zoe",
];

pub(super) const LAST: &[&str] = &[
    "Abbott", "Adler", "Almeida", "Bauer", "Berg", "Brown", "Castro", "Cohen", "Costa", "Dubois", "Evans",
    "Ferrari", "Fischer", "Garcia", "Gruber", "Haas", "Hansen", "Ito", "Jansen", "Kaya", "Keller", "Khan",
    "Kim", "Kowalski", "Lang", "Larsen", "Lopez", "Martin", "Mendez", "Moreau", "Nakamura", "Novak",
    "Okafor", "Olsen", "Patel", "Peters", "Popov", "Reyes", "Rossi", "Sato", "Schmidt", "Silva", "Singh",
    "Smith", "Suzuki", "Torres", "Vogel", "Weber", "Wong", "Young",
];

/// The country's code, name, and a city in it.
pub(super) const PLACES: &[(&str, &str, &str)] = &[
    ("AR", "Argentina", "Rosario"),
    ("AT", "Austria", "Graz"),
    ("AU", "Australia", "Perth"),
    ("BE", "Belgium", "Ghent"),
    ("BR", "Brazil", "Recife"),
    ("CA", "Canada", "Halifax"),
    ("CH", "Switzerland", "Bern"),
    ("CL", "Chile", "Temuco"),
    ("CZ", "Czechia", "Brno"),
    ("DE", "Germany", "Bremen"),
    ("DK", "Denmark", "Aarhus"),
    ("ES", "Spain", "Bilbao"),
    ("FI", "Finland", "Turku"),
    ("FR", "France", "Nantes"),
    ("GB", "United Kingdom", "Leeds"),
    ("GR", "Greece", "Patras"),
    ("IE", "Ireland", "Cork"),
    ("IN", "India", "Pune"),
    ("IT", "Italy", "Turin"),
    ("JP", "Japan", "Kobe"),
    ("KE", "Kenya", "Kisumu"),
    ("KR", "South Korea", "Daegu"),
    ("MX", "Mexico", "Puebla"),
    ("NG", "Nigeria", "Ibadan"),
    ("NL", "Netherlands", "Utrecht"),
    ("NO", "Norway", "Bergen"),
    ("NZ", "New Zealand", "Dunedin"),
    ("PL", "Poland", "Gdansk"),
    ("PT", "Portugal", "Braga"),
    ("SE", "Sweden", "Uppsala"),
    ("TR", "Turkey", "Izmir"),
    ("US", "United States", "Portland"),
    ("ZA", "South Africa", "Durban"),
];

pub(super) const STREETS: &[&str] = &[
    "Oak Street",
    "Mill Lane",
    "Station Road",
    "Park Avenue",
    "Church Street",
    "River Road",
    "Hill Street",
    "Garden Way",
    "Market Square",
    "Harbour Street",
    "Forest Drive",
    "School Lane",
];

pub(super) const CURRENCIES: &[&str] =
    &["USD", "EUR", "GBP", "JPY", "CHF", "SEK", "PLN", "BRL", "INR", "CAD"];

pub(super) const LANGUAGES: &[&str] = &["en", "de", "fr", "es", "it", "pt", "pl", "ja", "nl", "sv"];

pub(super) const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Asia/Kolkata",
];

pub(super) const ADJECTIVES: &[&str] = &[
    "amber", "bold", "bright", "calm", "clear", "cool", "deep", "early", "fair", "fine", "fresh", "gentle",
    "golden", "grand", "green", "high", "keen", "late", "light", "lively", "lucky", "mellow", "modern",
    "neat", "new", "noble", "open", "plain", "prime", "quick", "quiet", "rapid", "rare", "red", "round",
    "sharp", "silver", "simple", "small", "smart", "soft", "solid", "steady", "still", "strong", "sunny",
    "swift", "tidy", "warm", "wide",
];

pub(super) const NOUNS: &[&str] = &[
    "anchor", "arrow", "beacon", "bridge", "brook", "canyon", "cedar", "cloud", "comet", "coral", "delta",
    "ember", "falcon", "field", "forest", "garden", "glacier", "grove", "harbor", "hill", "island", "lake",
    "lantern", "leaf", "maple", "meadow", "mill", "mirror", "moon", "mountain", "ocean", "orchard", "pebble",
    "pine", "planet", "prairie", "river", "rocket", "sail", "shore", "sparrow", "spring", "star", "stone",
    "stream", "summit", "tower", "valley", "wave", "willow",
];

pub(super) const VERBS: &[&str] = &[
    "keeps", "finds", "meets", "follows", "carries", "shows", "opens", "moves", "joins", "needs", "holds",
    "turns",
];

pub(super) const FIRMS: &[&str] =
    &["Partners", "Works", "Systems", "Trading", "Labs", "Group", "Services", "Foods"];

pub(super) const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

pub(super) const STATES: &[&str] = &["active", "pending", "closed", "archived"];

pub(super) const LEVELS: &[&str] = &["low", "medium", "high", "critical"];

pub(super) const SORTS: &[&str] = &["standard", "basic", "premium", "internal", "special"];

pub(super) const UNITS: &[&str] = &["ms", "s", "bytes", "MB", "percent", "requests"];

pub(super) const FORMATS: &[&str] = &["json", "yaml", "csv", "toml", "xml"];

pub(super) const COLORS: &[&str] = &["red", "green", "blue", "yellow", "black", "white", "orange", "purple"];

pub(super) const TEAMS: &[&str] =
    &["platform", "backend", "frontend", "data", "operations", "finance", "support"];

/// Tables whose rows are people.
pub(super) const PEOPLE: &[&str] = &[
    "user",
    "person",
    "people",
    "customer",
    "client",
    "employee",
    "member",
    "contact",
    "patient",
    "author",
    "student",
    "teacher",
    "owner",
    "driver",
    "guest",
    "subscriber",
    "visitor",
    "candidate",
    "staff",
];

/// Tables whose rows are firms.
pub(super) const COMPANIES: &[&str] = &[
    "company",
    "companie",
    "organization",
    "organisation",
    "org",
    "firm",
    "supplier",
    "vendor",
    "tenant",
    "bank",
    "shop",
    "store",
    "merchant",
    "partner",
    "brand",
    "manufacturer",
    "publisher",
];
