import sys, hashlib, collections, os
import torch
out=sys.argv[1]
torch.manual_seed(1)
def dump(name, sd):
    with open(os.path.join(out,name+".txt"),"w") as f:
        for k,v in sd.items():
            t=v.detach().contiguous()
            b=t.view(torch.int16).numpy().tobytes() if t.dtype==torch.bfloat16 else t.numpy().tobytes()
            f.write("%s %s %s %s\n"%(k,str(t.dtype)[6:],list(t.shape),hashlib.sha256(b).hexdigest()))
base=torch.randn(7,11,5)
plain=collections.OrderedDict()
for dt in ["float16","bfloat16","float32","float64"]:
    plain["f."+dt]=torch.randn(3,4).to(getattr(torch,dt))
for dt in ["int8","uint8","int16","int32","int64"]:
    plain["i."+dt]=torch.randint(0,100,(5,)).to(getattr(torch,dt))
plain["b"]=torch.tensor([True,False,True])
plain["scalar"]=torch.tensor(3.5)
plain["empty"]=torch.zeros(0,4)
plain["view"]=base[2:5,1:9:3,1]
plain["transposed"]=base.transpose(0,2)
plain["permuted"]=base.permute(1,2,0)[1:,::2]
plain["shared"]=base
plain["same"]=base
plain["tail"]=base.view(-1)[100:]
plain["expanded"]=torch.randn(3,1).expand(3,6)
plain["big_t"]=torch.randn(700,900).t()
plain["parameter"]=torch.nn.Parameter(torch.randn(2,2))
torch.save(plain, out+"/plain.pt"); dump("plain",plain)
net=torch.nn.Sequential(torch.nn.Conv3d(1,4,3),torch.nn.BatchNorm3d(4),torch.nn.Linear(4,2))
sd=net.state_dict(); torch.save(sd,out+"/module.pt"); dump("module",sd)
torch.save({"epoch":3,"state_dict":sd,"optimizer":torch.optim.Adam(net.parameters()).state_dict()},out+"/checkpoint.pt"); dump("checkpoint",sd)
torch.save({"a":dict(sd),"b":dict(sd)},out+"/two.pt")
torch.save(dict(sd), out+"/p4.pt", pickle_protocol=4); dump("p4",sd)
torch.save(sd, out+"/legacy.pt", _use_new_zipfile_serialization=False)
torch.save(net, out+"/wholemodule.pt")
torch.jit.script(net).save(out+"/script.ts"); dump("script",sd)
torch.save({"c":torch.zeros(2,dtype=torch.complex64)}, out+"/complex.pt")
torch.save(torch.zeros(3), out+"/tensor.pt")
import numpy
arrays = {"c": numpy.arange(12, dtype="<f4").reshape(3, 4), "f": numpy.asfortranarray(numpy.arange(12, dtype="<f8").reshape(3, 4)),
          "big": numpy.arange(5, dtype=">i4"), "scalar": numpy.float32(2.5), "flag": numpy.array([True, False])}
for writer, name in [(numpy.savez, "stored"), (numpy.savez_compressed, "compressed")]:
    writer(out + "/" + name + ".npz", **arrays)
    dump(name, {k: torch.from_numpy(numpy.ascontiguousarray(v).astype(v.dtype.newbyteorder("="))).reshape(v.shape) for k, v in arrays.items()})
numpy.savez(out + "/objects.npz", bad=numpy.array([{}, 1], dtype=object))
