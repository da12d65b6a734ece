/**
 * Several broker processes, the faults that befall them, and real clients all along. {@link io.ottla.cluster.Cluster}
 * starts, stops, kills and pauses; {@link io.ottla.cluster.Network} cuts links; {@link io.ottla.cluster.Load} drives
 * clients and records what they see; {@link io.ottla.cluster.Verdict} reads everything back and judges.
 */
package io.ottla.cluster;
