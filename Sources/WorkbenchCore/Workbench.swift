/// The workbench's two pure functions: what a message does to the state, and how the state looks.
///
/// Neither reads files or clocks nor starts tasks; what is to be done comes back as effects.
public enum Workbench {}
