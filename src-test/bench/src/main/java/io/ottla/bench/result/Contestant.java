package io.ottla.bench.result;

/**
 * A broker that took part.
 *
 * @param name in the figures
 * @param title for people, with the version
 * @param role in the comparison
 */
public record Contestant(String name, String title, Role role) {
    /** What a broker is there for. */
    public enum Role {
        /** The one whose ratios are told. */
        SUBJECT,
        /** One to be compared with. */
        PEER,
        /** The subject once more: the noise. */
        NOISE
    }
}
