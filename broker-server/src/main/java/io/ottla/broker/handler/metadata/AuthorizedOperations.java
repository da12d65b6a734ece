package io.ottla.broker.handler.metadata;

/**
 * The bit fields in which responses tell which operations the principal may perform (KIP-430): bit n stands for
 * Kafka's {@code AclOperation} of code n. Without an authorizer every operation that the resource knows is allowed.
 */
final class AuthorizedOperations {

    /** "Not asked for". */
    static final int OMITTED = Integer.MIN_VALUE;

    private static final int READ = 1 << 3;
    private static final int WRITE = 1 << 4;
    private static final int CREATE = 1 << 5;
    private static final int DELETE = 1 << 6;
    private static final int ALTER = 1 << 7;
    private static final int DESCRIBE = 1 << 8;
    private static final int CLUSTER_ACTION = 1 << 9;
    private static final int DESCRIBE_CONFIGS = 1 << 10;
    private static final int ALTER_CONFIGS = 1 << 11;
    private static final int IDEMPOTENT_WRITE = 1 << 12;

    static final int ALL_OF_TOPIC =
            READ | WRITE | CREATE | DESCRIBE | DELETE | ALTER | DESCRIBE_CONFIGS | ALTER_CONFIGS;
    static final int ALL_OF_CLUSTER =
            CREATE | CLUSTER_ACTION | DESCRIBE_CONFIGS | ALTER_CONFIGS | DESCRIBE | ALTER | IDEMPOTENT_WRITE;

    private AuthorizedOperations() {}
}
