package io.ottla.process;

/** Whose broker a process runs. */
public enum Product {
    OTTLA,
    /** Apache Kafka 3.9: a test that fails on it expects something that Apache Kafka does not do. */
    APACHE_39,
    /** Apache Kafka 4 with a KRaft controller: for figures of a cluster only. */
    APACHE_4;

    /** What this test run is about, from {@code -Dtest.broker}. */
    public static Product underTest() {
        String name = System.getProperty("test.broker", "ottla");
        return switch (name) {
            case "ottla" -> OTTLA;
            case "apache-3.9" -> APACHE_39;
            default -> throw new IllegalStateException("test.broker is '" + name + "', not ottla or apache-3.9");
        };
    }
}
