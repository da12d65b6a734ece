package io.ottla.storage.segment;

/** The names of the files in a partition's directory. */
public final class SegmentFiles {
    public static final String LOG_SUFFIX = ".log";
    public static final String SNAPSHOT_SUFFIX = ".snapshot";

    /** Waits for its delayed deletion. */
    public static final String DELETED_SUFFIX = ".deleted";

    /** Being written by the cleaner; worthless after a crash. */
    public static final String CLEANED_SUFFIX = ".cleaned";

    /** Complete and about to replace what it was made from; after a crash the replacement is completed. */
    public static final String SWAP_SUFFIX = ".swap";

    /** The answer of {@link #offsetOf} for a name that is not of a segment. */
    public static final long NOT_A_SEGMENT = -1;

    private static final int OFFSET_DIGITS = 20;

    private SegmentFiles() {}

    /** {@code 00000000000000004711.log} and the like. */
    public static String name(long baseOffset, String suffix) {
        String digits = Long.toString(baseOffset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits + suffix;
    }

    /** The offset that a name begins with, or {@link #NOT_A_SEGMENT}. */
    public static long offsetOf(String name) {
        if (name.length() <= OFFSET_DIGITS || name.charAt(OFFSET_DIGITS) != '.') {
            return NOT_A_SEGMENT;
        }
        long offset = 0;
        for (int i = 0; i < OFFSET_DIGITS; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || offset > (Long.MAX_VALUE - digit) / 10) {
                return NOT_A_SEGMENT;
            }
            offset = offset * 10 + digit;
        }
        return offset;
    }
}
