package io.ottla.broker.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A condition on a value beyond its type. */
sealed interface Bound {
    /** Why the value breaks the condition, or null if it holds; worded as Kafka's tools print it. */
    @Nullable
    String violation(Object value);

    /** The condition in words that follow the type's noun, such as {@code of at least 1}. */
    String expectation();

    /** No condition. */
    record Any() implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            return null;
        }

        @Override
        public String expectation() {
            return "";
        }
    }

    /** A number from min to max, both inclusive; a null bound is open. */
    record Range(@Nullable Number min, @Nullable Number max) implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            double number = ((Number) value).doubleValue();
            if (min != null && number < min.doubleValue()) {
                return "Value must be at least " + min;
            }
            return max != null && number > max.doubleValue() ? "Value must be no more than " + max : null;
        }

        @Override
        public String expectation() {
            if (min == null) {
                return " of at most " + max;
            }
            return max == null ? " of at least " + min : " from " + min + " to " + max;
        }
    }

    /** A number from min to max, both inclusive, or one that stands for "unset". */
    record RangeOrUnset(int min, int max, int unset) implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            int number = ((Number) value).intValue();
            return number == unset || (number >= min && number <= max)
                    ? null
                    : "Value must be between " + min + " and " + max + " or equal to " + unset;
        }

        @Override
        public String expectation() {
            return " from " + min + " to " + max + ", or " + unset;
        }
    }

    /** One of a few words, in exactly this spelling. */
    record OneOf(List<String> words) implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            return words.contains((String) value) ? null : "String must be one of: " + String.join(", ", words);
        }

        @Override
        public String expectation() {
            return ", one of " + String.join(", ", words);
        }
    }

    /** One of a few words, in whatever case. */
    record OneOfIgnoringCase(List<String> words) implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            return words.contains(((String) value).toUpperCase(Locale.ROOT))
                    ? null
                    : "String must be one of (case insensitive): " + String.join(", ", words);
        }

        @Override
        public String expectation() {
            return ", one of " + String.join(", ", words) + " in any case";
        }
    }

    /** A list whose items are each one of a few words. */
    record EachOf(List<String> words) implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            for (Object item : (List<?>) value) {
                if (!words.contains((String) item)) {
                    return "String must be one of: " + String.join(", ", words);
                }
            }
            return null;
        }

        @Override
        public String expectation() {
            return ", each one of " + String.join(", ", words);
        }
    }

    /** Replicas as {@code partition:broker} pairs, {@code *} for all, or nothing. */
    record ThrottledReplicas() implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            List<?> items = (List<?>) value;
            boolean valid = items.isEmpty()
                    || items.equals(List.of("*"))
                    || items.stream().allMatch(item -> ((String) item).trim().matches("[0-9]+:[0-9]+"));
            return valid
                    ? null
                    : String.join(",", items.stream().map(String::valueOf).toList())
                            + " must be the literal '*' or a list of replicas in the following format: "
                            + "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
        }

        @Override
        public String expectation() {
            return " of partition:broker pairs, or *";
        }
    }

    /** Text of at least one character. */
    record NotEmpty() implements Bound {
        @Override
        public @Nullable String violation(Object value) {
            return ((String) value).isEmpty() ? "String must be non-empty" : null;
        }

        @Override
        public String expectation() {
            return " that is not empty";
        }
    }
}
