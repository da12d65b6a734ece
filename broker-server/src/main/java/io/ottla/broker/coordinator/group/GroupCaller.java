package io.ottla.broker.coordinator.group;

/**
 * Who sends a request, and how.
 *
 * @param clientId the client's name for itself, empty if it has none
 * @param clientHost the client's address as shown to operators, as in {@code /127.0.0.1}
 * @param apiVersion version of the request
 */
public record GroupCaller(String clientId, String clientHost, short apiVersion) {}
