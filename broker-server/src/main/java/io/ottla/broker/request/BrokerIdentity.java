package io.ottla.broker.request;

/** Which broker answers: clients of ApiVersions 5 and later say whom they mean to talk to (KIP-1242). */
public record BrokerIdentity(String clusterId, int brokerId) {}
