package io.ottla.bench.report;

/** What a ratio says, given the noise: a difference below the noise is none. */
enum Verdict {
    BETTER("better"),
    SAME("no difference beyond the noise"),
    WORSE("**worse**"),
    NONE("");

    private static final double PERCENT = 100;

    /** Below this nobody believes a difference, even if two runs of one broker came out alike by chance. */
    private static final double LEAST_NOISE_PERCENT = 5;

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    static Verdict of(Row row) {
        if (row.ratio().isEmpty()) {
            return NONE;
        }
        double ratio = row.ratio().getAsDouble();
        double advantage =
                switch (row.metric().better()) {
                    case LOWER -> 1 / ratio;
                    case HIGHER -> ratio;
                };
        double noise = Math.max(LEAST_NOISE_PERCENT, row.noisePercent().orElse(0)) / PERCENT;
        if (advantage > 1 + noise) {
            return BETTER;
        }
        return advantage < 1 / (1 + noise) ? WORSE : SAME;
    }

    String text() {
        return text;
    }
}
