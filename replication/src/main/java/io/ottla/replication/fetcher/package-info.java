/**
 * How this broker copies the partitions that it follows: for each source broker and fetcher number one
 * {@link io.ottla.replication.fetcher.ReplicaFetcher}, a state machine that has at most a round of Fetch requests under way.
 *
 * <p>A fetcher is confined to one network loop. What it has fetched is appended on the home loops of the partitions, and only
 * when all of a response is in the logs does the next request say so; meanwhile the leader gathers what comes, so rounds
 * grow with the load instead of becoming more. A request waits at the leader until there is something. When partitions
 * change while it waits, the next request of the session is sent behind it, and makes the leader answer the first.
 *
 * <p>Logs are cut by what the leader's answers say about epochs (KIP-595), never by the high watermark (KIP-101, KIP-279).
 * This package knows neither sockets nor addresses: it is given a {@link io.ottla.protocol.api.PeerChannel} for each fetcher.
 */
@NullMarked
package io.ottla.replication.fetcher;

import org.jspecify.annotations.NullMarked;
